using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ViViT.Storage;

/// <summary>Brings the schema up to date: numbered SQL files, applied in order, each once, in one transaction under an advisory lock.</summary>
public static partial class Migrations
{
    // Any constant will do that nothing else in the database uses.
    private const long Lock = 0x56695669_54000001;

    /// <summary>Applies what is missing. Needs no right but to read when nothing is.</summary>
    /// <exception cref="SchemaException">A file that was applied before was edited since, or the database is of a release that this one cannot work beside.</exception>
    public static Task Apply(NpgsqlDataSource database, ILogger? log, CancellationToken cancellation) => Apply(database, Embedded(), log, cancellation);

    /// <summary>Changes nothing: makes sure that everything is applied.</summary>
    /// <exception cref="SchemaException">Something is missing, or as above.</exception>
    public static Task Check(NpgsqlDataSource database, ILogger? log, CancellationToken cancellation) => Check(database, Embedded(), log, cancellation);

    /// <summary>The last migration that the database has, null when it has none, and the last that this release knows.</summary>
    public static async Task<(string? Applied, string Newest)> Standing(NpgsqlDataSource database, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return ((await Done(connection, cancellation)).LastOrDefault()?.Name, Embedded()[^1].Name);
    }

    internal static async Task Apply(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, ILogger? log, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (Missing(migrations, await Done(connection, cancellation), log: null).Count == 0) return;

        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute("-- Migrations.Lock: one silo at a time\nselect pg_advisory_xact_lock(@lock)", cancellation, ("lock", Lock));
        await connection.Execute("""
            create table if not exists schema_migration (
              number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default clock_timestamp());
            alter table schema_migration add column if not exists works_from int;
            """, cancellation);
        foreach (var migration in Missing(migrations, await Done(connection, cancellation), log))
        {
            await connection.Execute(migration.Sql, cancellation);
            await connection.Execute("insert into schema_migration (number, name, sha256, works_from) values (@number, @name, @sha256, @from)", cancellation,
                ("number", migration.Number), ("name", migration.Name), ("sha256", migration.Sha256), ("from", migration.WorksFrom));
            if (log is not null) MigrationApplied(log, migration.Name);
        }

        await transaction.CommitAsync(cancellation);
    }

    internal static async Task Check(NpgsqlDataSource database, IReadOnlyList<Migration> migrations, ILogger? log, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        if (Missing(migrations, await Done(connection, cancellation), log) is [var first, ..])
        {
            throw new SchemaException($"The database lacks migration {first.Name} and those after it up to {migrations[^1].Name}. Apply them as the owner of the schema: ViViT.Silo migrate. Or let the silo do it: VIVIT_MIGRATE=at-start.");
        }
    }

    // A database of a later release is fine as long as that release said that this one can go on: so silos are upgraded one after another.
    private static List<Migration> Missing(IReadOnlyList<Migration> migrations, IReadOnlyCollection<Applied> done, ILogger? log)
    {
        foreach (var newer in done.Where(applied => applied.Number > migrations[^1].Number))
        {
            if (newer.WorksFrom > migrations[^1].Number)
            {
                throw new SchemaException($"The database has migration {newer.Name}, which this release does not know and cannot work with. Run the release that made it, or a later one.");
            }

            if (log is not null) NewerSchema(log, newer.Name);
        }

        foreach (var known in migrations)
        {
            if (done.FirstOrDefault(applied => applied.Number == known.Number) is { } applied && applied.Sha256 != known.Sha256)
            {
                throw new SchemaException($"Migration {known.Name} was edited after it had been applied. Put its text back and write the change as a new migration.");
            }
        }

        return [.. migrations.Where(known => done.All(applied => applied.Number != known.Number))];
    }

    private static async Task<List<Applied>> Done(NpgsqlConnection connection, CancellationToken cancellation)
    {
        // Databases of the first releases lack the column.
        var columns = await connection.Query("-- Migrations.Columns\nselect attname::text from pg_attribute where attrelid = to_regclass('schema_migration') and attnum > 0 and not attisdropped",
            row => row.GetString(0), cancellation);
        if (columns.Count == 0) return [];
        var worksFrom = columns.Contains("works_from") ? "coalesce(works_from, number)" : "number";
        return await connection.Query($"-- Migrations.Done\nselect number, name, sha256, {worksFrom} from schema_migration order by number",
            row => new Applied(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetInt32(3)), cancellation);
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

    [LoggerMessage(LogLevel.Warning, "The database has migration {Name} of a later release, beside which this one works")]
    private static partial void NewerSchema(ILogger log, string name);

    private sealed record Applied(int Number, string Name, string Sha256, int WorksFrom);
}

/// <summary>The schema is not one that this release can work with; the message says why and how to mend it.</summary>
public sealed class SchemaException(string message) : Exception(message);

/// <param name="Name">Number, underscore, what it does: <c>001_initial.sql</c>.</param>
internal sealed partial record Migration(string Name, string Sql)
{
    public int Number => int.Parse(Name.AsSpan(0, Name.IndexOf('_', StringComparison.Ordinal)), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The last migration that a silo must know to go on after this one; its own number unless it says otherwise.</summary>
    public int WorksFrom => Compatible().Match(Sql) is { Success: true } said ? int.Parse(said.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) : Number;

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    [GeneratedRegex(@"\A-- Silos that know migration (\d+) can work with this\.\n")]
    private static partial Regex Compatible();
}
