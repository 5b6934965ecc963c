using Npgsql;
using NpgsqlTypes;
using ViViT.Contracts.Specs;

namespace ViViT.Bench.Orchestrator;

/// <summary>A sweep that was taken in: how large it was, how long that took and which processor time it cost.</summary>
internal sealed record Submit(int Experiments, double Seconds, CpuTime Cpu);

/// <summary>What taking a sweep in costs, against COPY of as many specs.</summary>
internal static class Submits
{
    public static async Task Print(NpgsqlDataSource database, IReadOnlyList<Submit> submits)
    {
        var largest = submits.Max(submit => submit.Experiments);
        var alike = submits.Where(submit => submit.Experiments == largest).ToList();
        var times = alike.Select(submit => submit.Seconds).ToList();
        var limit = await Copy(database, largest) / 1_000;
        Report.Line($"submit of {largest:N0} experiments: median {times.Median():F1} s, longest {times.Max():F1} s ({times.Median() / largest * 1e6:F0} µs each); COPY of as many specs {limit:F1} s, ours / COPY {times.Median() / limit:F1}; processor s: silo {alike.Select(submit => submit.Cpu.Silo).Median():F1}, Postgres {alike.Select(submit => submit.Cpu.Postgres).Median():F1}");
    }

    private static async Task<double> Copy(NpgsqlDataSource database, int rows)
    {
        var spec = System.Text.Encoding.UTF8.GetString(Api.Body(Sweeps.Of(1).Experiment));
        await using var connection = await database.OpenConnectionAsync();
        await using (var create = new NpgsqlCommand("create table plain_spec (ordinal int primary key, spec jsonb not null)", connection)) await create.ExecuteNonQueryAsync();
        return await Timing.Once(async () =>
        {
            await using var copy = await connection.BeginBinaryImportAsync("copy plain_spec from stdin (format binary)");
            for (var row = 0; row < rows; row++)
            {
                copy.StartRow();
                copy.Write(row, NpgsqlDbType.Integer);
                copy.Write(spec, NpgsqlDbType.Jsonb);
            }

            await copy.CompleteAsync();
        });
    }
}
