using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ViViT.Cli.LocalCluster;

/// <summary>A PostgreSQL server of the stack's own: its own data folder, a unix socket only its owner can reach, no TCP.</summary>
internal sealed class PrivatePostgres(StateFolder folder)
{
    /// <summary>The role and the database; the socket's folder is closed to everybody else, so no password is needed.</summary>
    private const string Name = "vivit";

    // PostgreSQL refuses to run as root; Debian's package brings this user.
    private const string ServerUser = "postgres";

    private string DataFolder => Path.Combine(folder.Postgres, "data");

    private string SocketFolder => Path.Combine(folder.Postgres, "run");

    public string ConnectionString => $"Host={SocketFolder};Username={Name};Database={Name}";

    /// <summary>Makes the cluster on first use: in a folder aside that takes its name only when complete.</summary>
    public async Task Initialise(Action<string> log, CancellationToken cancellation)
    {
        if (File.Exists(Path.Combine(DataFolder, "PG_VERSION"))) return;
        log("creating the database");
        await Prepare(cancellation);
        var aside = DataFolder + ".new";
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        var programs = Executables.PostgresPrograms(major: null);
        await Run([.. AsServerUser, Path.Combine(programs, "initdb"), "-D", aside, "-U", Name, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions"], "", cancellation);
        await Run([.. AsServerUser, Path.Combine(programs, "postgres"), "--single", "-D", aside, "postgres"], $"create database {Name};\n", cancellation);
        Directory.Move(aside, DataFolder);
    }

    /// <summary>The server's command; a second one on the same data waits for the first to be gone by itself.</summary>
    public ChildCommand Command()
    {
        var made = Path.Combine(DataFolder, "PG_VERSION");
        var programs = Executables.PostgresPrograms(File.Exists(made) ? File.ReadAllText(made).Trim() : null);
        string[] settings =
        [
            "listen_addresses=", $"unix_socket_directories={SocketFolder}", "unix_socket_permissions=0700", "max_connections=100", "shared_buffers=128MB",
            "log_min_messages=warning", "log_line_prefix=%m [%p] ",
        ];
        return new ChildCommand("postgres",
            [.. AsServerUser, Path.Combine(programs, "postgres"), "-D", DataFolder, .. settings.SelectMany(setting => new[] { "-c", setting })],
            new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8" },
            PosixSignal.SIGINT, // fast shutdown: clients are cut off, everything committed is on disk
            TimeSpan.FromSeconds(30));
    }

    private static string[] AsServerUser =>
        Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--clear-groups", "--"] : [];

    private async Task Prepare(CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder.Postgres);
        Directory.CreateDirectory(SocketFolder);
        File.SetUnixFileMode(folder.Postgres, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!Environment.IsPrivilegedProcess) return;
        try
        {
            await Run(["chown", "-R", $"{ServerUser}:", folder.Postgres], "", cancellation);
            await Run([.. AsServerUser, "test", "-w", folder.Postgres], "", cancellation);
        }
        catch (LocalStackException refused)
        {
            throw new LocalStackException(
                $"The user '{ServerUser}', whom the database runs as, cannot use {folder.Postgres}: {refused.Message} Set VIVIT_STATE to a folder whose parents are open to it, e.g. /var/lib/vivit.", refused);
        }
    }

    private static async Task Run(IReadOnlyList<string> command, string input, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
        {
            throw new LocalStackException($"'{string.Join(' ', command)}' failed with exit code {process.ExitCode}: {(await errors).Trim()} {(await output).Trim()}");
        }
    }
}
