using Npgsql;

namespace ViViT.Bench.Orchestrator;

/// <summary>What a part cost inside PostgreSQL, by statement, as pg_stat_statements has it.</summary>
internal static class Statements
{
    private const int Shown = 14;

    public static async Task Begin(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("create extension if not exists pg_stat_statements; select pg_stat_statements_reset()");
        await command.ExecuteNonQueryAsync();
    }

    public static async Task Print(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand($"""
            select calls, total_plan_time + total_exec_time, mean_exec_time, total_plan_time / calls, rows, wal_bytes::float8, regexp_replace(query, '\s+', ' ', 'g')
            from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database()) and calls > 0 order by total_plan_time + total_exec_time desc limit {Shown}
            """);
        await using var row = await command.ExecuteReaderAsync();
        Console.WriteLine("statements:   calls | total, ms | executed, ms | planned, ms |      rows | WAL bytes a call");
        while (await row.ReadAsync())
        {
            var text = row.GetString(6);
            Report.Line($"{row.GetInt64(0),19} | {row.GetDouble(1),9:F0} | {row.GetDouble(2),12:F3} | {row.GetDouble(3),11:F3} | {row.GetInt64(4),9} | {row.GetDouble(5) / row.GetInt64(0),16:F0} | {text[..Math.Min(70, text.Length)]}");
        }
    }
}
