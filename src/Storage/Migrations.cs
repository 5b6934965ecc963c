using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ViViT.Storage;

/// <summary>Brings the schema up to date: numbered SQL files, applied in order, each once, in one transaction under an advisory lock.</summary>
public static partial class Migrations
{
    // Any constant will do that nothing else in the database uses.
    private const long Lock = 0x56695669_54000001;

    /// <summary>Applies what is missing.</summary>
    /// <exception cref="InvalidOperationException">A file that was applied before was edited since, or the database is of a newer release.</exception>
    public static Task Apply(NpgsqlDataSource database, ILogger? log, CancellationToken cancellation) => Apply(database, Embedded(), log, cancellation);

    internal static async Task Apply(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, ILogger? log, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute("-- Migrations.Lock: one silo at a time\nselect pg_advisory_xact_lock(@lock)", cancellation, ("lock", Lock));
        await connection.Execute("""
            create table if not exists schema_migration (
              number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default clock_timestamp())
            """, cancellation);

        var applied = (await connection.Query("-- Migrations.Applied\nselect number, name, sha256 from schema_migration order by number",
            row => new Applied(row.GetInt32(0), row.GetString(1), row.GetString(2)), cancellation)).ToDictionary(done => done.Number);
        if (applied.Values.FirstOrDefault(done => migrations.All(known => known.Number != done.Number)) is { } newer)
        {
            throw new InvalidOperationException($"The database has migration {newer.Name}, which this release does not know. Run the release that made it, or a later one.");
        }

        foreach (var migration in migrations)
        {
            if (applied.TryGetValue(migration.Number, out var done))
            {
                if (done.Sha256 == migration.Sha256) continue;
                throw new InvalidOperationException($"Migration {migration.Name} was edited after it had been applied. Put its text back and write the change as a new migration.");
            }

            await connection.Execute(migration.Sql, cancellation);
            await connection.Execute("insert into schema_migration (number, name, sha256) values (@number, @name, @sha256)", cancellation,
                ("number", migration.Number), ("name", migration.Name), ("sha256", migration.Sha256));
            if (log is not null) MigrationApplied(log, migration.Name);
        }

        await transaction.CommitAsync(cancellation);
    }

    private static Migration[] Embedded()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            return new Migration(name, reader.ReadToEnd());
        })];
    }

    [LoggerMessage(LogLevel.Information, "Applied migration {Name}")]
    private static partial void MigrationApplied(ILogger log, string name);

    private sealed record Applied(int Number, string Name, string Sha256);
}

/// <param name="Name">Number, underscore, what it does: <c>001_initial.sql</c>.</param>
internal sealed record Migration(string Name, string Sql)
{
    public int Number => int.Parse(Name.AsSpan(0, Name.IndexOf('_', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));
}
