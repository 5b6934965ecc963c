using System.Diagnostics;

namespace ViViT.TestKit;

/// <summary>A server of its own with the roles and the empty database that deploy/postgres/roles.sql makes.</summary>
public sealed class DatabaseRoles
{
    private readonly string folder;

    private DatabaseRoles(string folder) => this.folder = folder;

    /// <summary>Connection string of the owner of the schema.</summary>
    public string Migrate => Of("vivit_migrate");

    /// <summary>Connection string of the role that silos run under.</summary>
    public string Silo => Of("vivit_silo");

    /// <summary>Where its socket is.</summary>
    public string Folder => folder;

    public static async Task<DatabaseRoles> Create()
    {
        var roles = new DatabaseRoles((await PostgresServer.StartOwn()).Folder);
        await roles.Make();
        return roles;
    }

    /// <summary>Throws the database away and makes it anew, empty.</summary>
    public async Task Again()
    {
        await Run("psql", "--no-psqlrc", "-q", "-h", folder, "-U", "vivit", "-d", "postgres", "-c", "drop database vivit with (force)");
        await Make();
    }

    /// <summary>Runs one of Postgres' programs as the owner of the schema.</summary>
    public Task Say(string program, params string[] arguments) => Run(program, ["-h", folder, "-U", "vivit_migrate", "-d", "vivit", .. arguments]);

    private Task Make() => Run("psql", "--no-psqlrc", "-q", "-h", folder, "-U", "vivit", "-d", "postgres", "-f", Path.Combine(Repository.Root, "deploy", "postgres", "roles.sql"));

    private static async Task Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, WorkingDirectory = "/" };
        (start.Environment["VIVIT_MIGRATE_PASSWORD"], start.Environment["VIVIT_SILO_PASSWORD"]) = ("one", "other");
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed: {errors}");
    }

    private string Of(string role) => $"Host={folder};Username={role};Database=vivit;Maximum Pool Size=20";
}
