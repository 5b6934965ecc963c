using Npgsql;
using NpgsqlTypes;

namespace ViViT.Bench.Orchestrator;

/// <summary>The limit of ingest: a row per point by binary COPY into a table without any index. No HTTP, no guard against storing twice.</summary>
internal sealed class PlainPoints
{
    private readonly NpgsqlDataSource database;
    private readonly string table;

    private PlainPoints(NpgsqlDataSource database, string table) => (this.database, this.table) = (database, table);

    public static async Task<PlainPoints> Create(NpgsqlDataSource database, string table)
    {
        await using var command = database.CreateCommand($"create table {table} (experiment_id bigint not null, metric_id int not null, step bigint not null, value float8 not null)");
        await command.ExecuteNonQueryAsync();
        return new PlainPoints(database, table);
    }

    /// <summary>As many points as that many messages hold, a COPY for each message.</summary>
    public async Task Copy(PointStream stream, int messages)
    {
        await using var connection = await database.OpenConnectionAsync();
        for (var message = 0; message < messages; message++)
        {
            await using var copy = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)");
            for (var point = 0L; point < PointStream.Flushes * PointStream.Points; point++)
            {
                for (var metric = 0; metric < stream.Metrics; metric++)
                {
                    copy.StartRow();
                    copy.Write(stream.Held.Experiment.Value, NpgsqlDbType.Bigint);
                    copy.Write(metric, NpgsqlDbType.Integer);
                    copy.Write(point, NpgsqlDbType.Bigint);
                    copy.Write(PointStream.Value(metric, point), NpgsqlDbType.Double);
                }
            }

            await copy.CompleteAsync();
        }
    }
}
