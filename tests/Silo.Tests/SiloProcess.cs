using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests;

/// <summary>The real silo as a process of its own, on a free port and in a folder of its own, spoken to over HTTP.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ExitPatience = TimeSpan.FromSeconds(20);

    private readonly string folder = Directory.CreateTempSubdirectory("vivit-silo-").FullName;
    private readonly StringBuilder log = new();
    private readonly Process process;
    private readonly string? authority;

    private SiloProcess(string postgres, params (string Name, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ViViT.Silo.dll")])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        foreach (var ambient in start.Environment.Keys.Where(name => name.StartsWith("VIVIT_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(ambient);
        }

        var port = FreePort.Find();
        var certificate = settings.FirstOrDefault(setting => setting.Name == "VIVIT_TLS_CERTIFICATE").Value;
        authority = certificate is null ? null : Path.Combine(Path.GetDirectoryName(certificate)!, Certificates.AuthorityFile);
        var scheme = certificate is null ? "http" : "https";
        start.Environment["VIVIT_POSTGRES"] = postgres;
        start.Environment["VIVIT_LISTEN"] = $"{scheme}://127.0.0.1:{port}";
        start.Environment["VIVIT_TOKEN_FILE"] = TokenFile;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Address = new Uri($"{scheme}://127.0.0.1:{port}");
        Anonymous = Speaker();
        Client = Speaker();
    }

    public Uri Address { get; }

    /// <summary>Sends the token.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends no token.</summary>
    public HttpClient Anonymous { get; }

    public string TokenFile => Path.Combine(folder, "token");

    public string Log
    {
        get
        {
            lock (log)
            {
                return log.ToString();
            }
        }
    }

    /// <summary>Starts it and waits until it is ready.</summary>
    public static async Task<SiloProcess> Start(string postgres, params (string Name, string Value)[] settings)
    {
        var silo = new SiloProcess(postgres, settings);
        try
        {
            await silo.UntilReady();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it without waiting for anything.</summary>
    public static SiloProcess Launch(string postgres, params (string Name, string Value)[] settings) => new(postgres, settings);

    public async Task UntilReady()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Assert.False(process.HasExited || patience.IsCancellationRequested, $"The silo did not become ready.\n{Log}");
            try
            {
                if ((await Anonymous.GetAsync(Routes.HealthReady, patience.Token)).StatusCode == HttpStatusCode.OK)
                {
                    break;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }

            await Task.Delay(50, patience.Token);
        }

        var token = (await File.ReadAllTextAsync(TokenFile, patience.Token)).Trim();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Sends another token.</summary>
    public HttpClient As(string token)
    {
        var client = Speaker();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A fresh token of that role.</summary>
    public async Task<CreatedToken> Token(Role role, string? pool = null) =>
        await Post<CreatedToken>(Routes.Tokens, new TokenRequest($"{role.ToString().ToLowerInvariant()}-{Guid.NewGuid():n}", role, pool));

    /// <summary>A client with a fresh token of that role.</summary>
    public async Task<HttpClient> As(Role role, string? pool = null) => As((await Token(role, pool)).Secret);

    public async Task<T> Get<T>(string route) => await Read<T>(await Client.GetAsync(route, TestContext.Current.CancellationToken));

    /// <summary>
    /// The events, asked for until they hold what is looked for, a minute at most: an event shows when no transaction of the server, of another test's
    /// database too, that began before it is open any more.
    /// </summary>
    public async Task<EventRow[]> Events(string query, Func<EventRow[], bool> complete)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var events = await Get<EventRow[]>($"{Routes.Events}?{query}");
            if (complete(events) || TimeProvider.System.GetElapsedTime(began) > TimeSpan.FromMinutes(1)) return events;
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async Task<T> Post<T>(string route, object body) => await Read<T>(await Send(route, body));

    public Task<HttpResponseMessage> Send(string route, object body) =>
        Client.PostAsync(route, JsonContent.Create(body, body.GetType(), options: ContractsJson.Options), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> SendText(string route, string body) =>
        Client.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    public async Task<T> Read<T>(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode} {text}\n{Log}");
        return JsonSerializer.Deserialize<T>(text, ContractsJson.Options)!;
    }

    /// <summary>The problem that an answer carries.</summary>
    public static async Task<JsonElement> Problem(HttpResponseMessage response)
    {
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);
        return JsonDocument.Parse(text).RootElement;
    }

    public void Terminate() => Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();

    public async Task<int> ExitCode()
    {
        using var patience = new CancellationTokenSource(ExitPatience);
        await process.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private HttpClient Speaker() => new(new SocketsHttpHandler { UseCookies = false, SslOptions = { CertificateChainPolicy = authority is null ? null : Certificates.Trust(authority) } }) { BaseAddress = Address, Timeout = Patience };

    private void Note(string? line)
    {
        lock (log)
        {
            log.AppendLine(line);
        }
    }
}
