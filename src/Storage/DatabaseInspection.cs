using Npgsql;
using ViViT.Contracts.Diagnosis;

namespace ViViT.Storage;

/// <summary>Whether a database is fit to serve on: version, settings, rights, schema, clock.</summary>
public sealed class DatabaseInspection(NpgsqlDataSource database, TimeProvider time)
{
    private const int OldestVersion = 15;

    // A silo's pool, and somebody who looks.
    private const int FewestConnections = 50;

    private sealed record Facts(int Version, string VersionText, int Connections, int InUse, string Encoding, string TimeZone, bool Fsync, long Bytes, string Role, bool MayCreate, bool MayWrite, DateTimeOffset Clock);

    public async Task<IReadOnlyList<Finding>> Findings(CancellationToken cancellation)
    {
        var before = time.GetUtcNow();
        Facts facts;
        try
        {
            facts = await Look(cancellation);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException)
        {
            return [Finding.Fail("postgres", $"does not let us in: {fault.Message}", "Start it, or mend host, database, user and password in VIVIT_POSTGRES.")];
        }

        var after = time.GetUtcNow();
        return
        [
            Version(facts.Version, $"PostgreSQL {facts.VersionText}, {facts.Bytes >> 20} MiB of data"),
            facts.Connections >= FewestConnections
                ? Finding.Ok("postgres connections", $"{facts.InUse} of {facts.Connections} in use")
                : Finding.Warn("postgres connections", $"{facts.Connections} in all", $"Set max_connections to at least {FewestConnections}, and 45 more for each further silo; or give VIVIT_POSTGRES a Maximum Pool Size that fits."),
            facts.Encoding == "UTF8" ? Finding.Ok("postgres encoding", $"UTF8, time zone {facts.TimeZone}")
                : Finding.Fail("postgres encoding", facts.Encoding, "Make the database anew: create database vivit encoding 'UTF8' template template0."),
            facts.Fsync ? Finding.Ok("postgres durability", "fsync is on")
                : Finding.Warn("postgres durability", "fsync is off: a crash of its machine loses or breaks data", "Set fsync = on."),
            await Schema(facts, cancellation),
            facts.MayWrite ? Finding.Ok("postgres rights", $"{facts.Role} may read and write rows{(facts.MayCreate ? ", and change the schema" : "")}")
                : Finding.Fail("postgres rights", $"{facts.Role} may not write the tables", $"Use the role {SiloRights.Role}, or the schema's owner; ViViT.Silo migrate, run by the owner, grants {SiloRights.Role} what it needs."),
            Finding.Clock("postgres clock", before, facts.Clock, after),
        ];
    }

    /// <param name="number">As Postgres numbers its versions: 150018.</param>
    internal static Finding Version(int number, string found) =>
        number / 10_000 >= OldestVersion ? Finding.Ok("postgres", found) : Finding.Fail("postgres", found, $"Upgrade it to {OldestVersion} or later.");

    private async Task<Finding> Schema(Facts facts, CancellationToken cancellation)
    {
        var (applied, newest) = await Migrations.Standing(database, cancellation);
        try
        {
            await Migrations.Check(database, log: null, cancellation);
            return applied == newest ? Finding.Ok("postgres schema", newest)
                : Finding.Warn("postgres schema", $"{applied}, of a later release than this one ({newest})", "Finish the upgrade: run that release everywhere.");
        }
        catch (SchemaException problem)
        {
            return facts.MayCreate && applied is null
                ? Finding.Warn("postgres schema", "none yet", "The silo makes it when it starts (VIVIT_MIGRATE=at-start), or: ViViT.Silo migrate.")
                : Finding.Fail("postgres schema", applied ?? "none", problem.Message);
        }
    }

    private async Task<Facts> Look(CancellationToken cancellation) => (await database.Query("""
        -- DatabaseInspection.Look
        select current_setting('server_version_num')::int, current_setting('server_version'),
               current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int, (select count(*) from pg_stat_activity where backend_type = 'client backend')::int,
               current_setting('server_encoding'), current_setting('TimeZone'), current_setting('fsync')::bool, pg_database_size(current_database()), current_user::text,
               coalesce(has_schema_privilege(current_schema(), 'create'), false),
               coalesce((select bool_and(has_table_privilege(c.oid, 'select') and has_table_privilege(c.oid, 'insert')) from pg_class c
                         where c.relnamespace = current_schema()::regnamespace and c.relname in ('sweep', 'experiment', 'experiment_attempt', 'metric_chunk', 'event', 'worker')),
                        has_schema_privilege(current_schema(), 'create'), false),
               clock_timestamp()
        """, row => new Facts(row.GetInt32(0), row.GetString(1), row.GetInt32(2), row.GetInt32(3), row.GetString(4), row.GetString(5), row.GetBoolean(6), row.GetInt64(7), row.GetString(8),
            row.GetBoolean(9), row.GetBoolean(10), row.Time(11)), cancellation)).Single();
}
