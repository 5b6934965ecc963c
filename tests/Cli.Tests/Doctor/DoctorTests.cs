using System.Text.Json;
using ViViT.Cli.Doctor;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Cli.Tests.Doctor;

/// <summary>The real command against things that are really amiss.</summary>
public sealed class DoctorTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_server_that_is_well_is_told_with_our_role_and_its_pools()
    {
        await using var silo = await FakeSilo.Start();
        silo.Workers =
        [
            Worker("a", "gpu", alive: true), Worker("b", "gpu", alive: false), Worker("c", "spot", alive: false),
        ];
        using var vivit = silo.Client();

        var findings = await Findings(vivit);

        Assert.Equal($"{silo.Address} is ready", Of(findings, "server", Standing.Ok).Found);
        Assert.Equal("ada, submitter", Of(findings, "token", Standing.Ok).Found);
        Assert.Equal("1 of 2 workers ready, 1 of 2 slots busy", Of(findings, "pool gpu", Standing.Ok).Found);
        Assert.Contains("vivit worker list", Of(findings, "pool spot", Standing.Warn).Remedy, StringComparison.Ordinal);
        Of(findings, "server clock", Standing.Ok);
        Assert.DoesNotContain(FakeSilo.Token, JsonSerializer.Serialize(findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_workers_token_is_told_with_its_pool_and_asks_nothing_further()
    {
        await using var silo = await FakeSilo.Start();
        silo.WhoAmI = new("node-7", Role.Worker, "gpu");
        using var vivit = silo.Client();

        Assert.Equal("node-7, worker of pool gpu", Of(await Findings(vivit), "token", Standing.Ok).Found);
        Assert.DoesNotContain(silo.Requests, request => request.Contains(Routes.Workers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_table_for_people_ends_with_what_to_do()
    {
        using var vivit = new Vivit().To(new Uri($"http://127.0.0.1:{FreePort.Find()}"), "token");

        var told = await vivit.Run("doctor");

        Assert.Equal(1, told.ExitCode);
        Assert.Matches(@"(?m)^fail server +http://127\.0\.0\.1:\d+/ cannot be reached: ", told.Output);
        Assert.Matches(@"(?m)^fail: server: .+ See whether it runs and listens there", told.Output);
        Assert.Contains("1 failed, ", told.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_told()
    {
        await using var silo = await FakeSilo.Start();
        using var vivit = new Vivit().To(silo.Address, "wrong");

        var refused = Of(await Findings(vivit, exitCode: 1), "token", Standing.Fail);

        Assert.Contains("vivit token create", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_file_that_is_missing_is_told()
    {
        using var vivit = new Vivit();
        vivit.Environment["VIVIT_SERVER"] = "http://127.0.0.1:1";

        Assert.Contains("VIVIT_TOKEN_FILE", Of(await Findings(vivit, exitCode: 1), "server", Standing.Fail).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_whose_clock_is_wrong_is_told()
    {
        await using var silo = await FakeSilo.Start();
        silo.Instead = (context, _) =>
        {
            context.Response.Headers.Date = TimeProvider.System.GetUtcNow().AddMinutes(10).ToString("R");
            return false;
        };
        using var vivit = silo.Client();

        var clock = Of(await Findings(vivit, exitCode: 1), "server clock", Standing.Fail);

        Assert.Matches(@"^(59\d|60\d).* s ahead of this machine's$", clock.Found);
    }

    [Fact]
    public async Task Folders_that_cannot_be_written_to_are_told()
    {
        using var vivit = new Vivit();
        vivit.Environment["VIVIT_DATA"] = "/proc/vivit";
        vivit.Environment["VIVIT_CHECKPOINTS"] = Path.Combine(vivit.Write("file", ""), "checkpoints");

        var findings = await Findings(vivit, exitCode: 1);

        Assert.Contains("VIVIT_DATA", Of(findings, "data folder", Standing.Fail).Remedy, StringComparison.Ordinal);
        Assert.Contains("VIVIT_CHECKPOINTS", Of(findings, "checkpoint folder", Standing.Fail).Remedy, StringComparison.Ordinal);
        Assert.Contains("not made yet", Of(findings, "state folder").Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_is_full_is_told()
    {
        using var vivit = new Vivit();
        var full = Directory.CreateDirectory(Path.Combine(vivit.Folder, "full")).FullName;
        vivit.Environment["VIVIT_DATA"] = full;
        var mount = $"mount -t tmpfs -o size=64k none {full} && head -c 65536 /dev/zero >{full}/all";
        Assert.SkipUnless((await vivit.RunInNamespace($"{mount} 2>/dev/null; mountpoint -q {full}")).ExitCode == 0, "Nothing may be mounted here.");

        var told = await vivit.RunInNamespace($"{mount}; exec \"$0\" doctor -o json");

        Assert.Equal(1, told.ExitCode);
        Assert.Contains("No space left", Of(Read(told), "data folder", Standing.Fail).Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100L << 30, Standing.Ok)]
    [InlineData(1L << 30, Standing.Warn)]
    [InlineData(1L << 20, Standing.Fail)]
    public void Little_space_is_a_warning_and_none_a_failure(long free, Standing standing) =>
        Assert.Equal(standing, FolderChecks.Space("data folder", "/data", free, Settings.Data).Standing);

    [Fact]
    public async Task Settings_that_are_wrong_or_misspelt_are_told()
    {
        using var vivit = new Vivit();
        vivit.Environment["VIVIT_SLOTS"] = "many";
        vivit.Environment["VIVIT_SEVER"] = "http://127.0.0.1:1";

        var findings = await Findings(vivit, exitCode: 1);

        Assert.Contains("VIVIT_SLOTS is 'many'", Of(findings, "settings", Standing.Fail).Found, StringComparison.Ordinal);
        Assert.Contains("Did you mean VIVIT_SERVER", Of(findings, "settings", Standing.Warn).Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, Standing.Ok)]
    [InlineData(1, 1, Standing.Ok)] // the same second
    [InlineData(4, 1, Standing.Warn)]
    [InlineData(-4, 1, Standing.Warn)]
    [InlineData(4, 5, Standing.Ok)] // it took that long to be answered
    [InlineData(600, 1, Standing.Fail)]
    public void A_clock_that_tells_whole_seconds_is_given_the_benefit_of_the_doubt(int ahead, int answeredAfter, Standing standing) =>
        Assert.Equal(standing, ServerChecks.Clock(Noon, Noon.AddSeconds(ahead), Noon.AddSeconds(answeredAfter)).Standing);

    private static WorkerRow Worker(string name, string pool, bool alive) => new(name, pool, "host", 2, "cpu", "1", 1, FakeSilo.Began, alive);

    private static async Task<Finding[]> Findings(Vivit vivit, int exitCode = 0)
    {
        var told = await vivit.Run("doctor", "-o", "json");
        Assert.True(told.ExitCode == exitCode, $"exit code {told.ExitCode}\n{told.Output}\n{told.Errors}");
        return Read(told);
    }

    private static Finding[] Read(Vivit.Result told) => JsonSerializer.Deserialize<Finding[]>(told.Output, ContractsJson.Options)!;

    private static Finding Of(Finding[] findings, string subject, Standing? standing = null) =>
        Assert.Single(findings, finding => finding.Subject == subject && (standing is null || finding.Standing == standing));
}
