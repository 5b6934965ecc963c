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

    public static async Task<DatabaseRoles> Create()
    {
        var server = await PostgresServer.StartOwn();
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "-q", "-h", server.Folder, "-U", "vivit", "-d", "postgres", "-f", Path.Combine(Repository.Root, "deploy", "postgres", "roles.sql")]) { RedirectStandardError = true };
        (start.Environment["VIVIT_MIGRATE_PASSWORD"], start.Environment["VIVIT_SILO_PASSWORD"]) = ("one", "other");
        using var psql = Process.Start(start)!;
        var errors = await psql.StandardError.ReadToEndAsync();
        await psql.WaitForExitAsync();
        return psql.ExitCode == 0 ? new(server.Folder) : throw new InvalidOperationException($"deploy/postgres/roles.sql failed: {errors}");
    }

    private string Of(string role) => $"Host={folder};Username={role};Database=vivit;Maximum Pool Size=20";
}
