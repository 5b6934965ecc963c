using System.Security.Cryptography;
using System.Text.Json;
using Npgsql;

namespace ViViT.Chaos;

/// <summary>All that rows and checkpoint files tell of some sweeps: what the checker judges.</summary>
internal sealed record History(IReadOnlyList<Trained> Experiments)
{
    /// <summary>Reads it.</summary>
    /// <param name="sweeps">In the order of their submission; experiments are known by their sweep's place in it.</param>
    /// <param name="checkpoints">Folder that the workers share.</param>
    public static async Task<History> Read(NpgsqlConnection rows, IReadOnlyList<long> sweeps, string checkpoints)
    {
        var of = $"select id from experiment where sweep_id in ({string.Join(", ", sweeps)})";
        var attempts = (await All(rows, $"select experiment_id, attempt, fence, resumed_step, step, total_steps, outcome, worker, reason from experiment_attempt where experiment_id in ({of}) order by 1, 2",
            row => (Experiment: row.GetInt64(0), Attempt: new AttemptMade(row.GetInt32(1), row.GetInt64(2), Number(row, 3), row.GetInt64(4), row.GetInt64(5), Text(row, 6), row.GetString(7), Text(row, 8)))))
            .ToLookup(one => one.Experiment, one => one.Attempt);
        var points = (await All(rows, $"select experiment_id, metric, step, value from run_curve where experiment_id in ({of}) order by 1, 2, 3",
            row => (Experiment: row.GetInt64(0), Point: new Point(row.GetString(1), row.GetInt64(2), row.GetDouble(3)))))
            .ToLookup(one => one.Experiment, one => one.Point);
        var summaries = (await All(rows, $"""
            select s.experiment_id, k.name, s.n, s.last_step, s.last_value, s.min_value, s.max_value, s.non_finite
            from metric_summary s join metric_key k on k.id = s.metric_id where s.experiment_id in ({of}) order by 1, 2
            """,
            row => (Experiment: row.GetInt64(0), Summary: new Summary(row.GetString(1), row.GetInt64(2), row.GetInt64(3), row.GetDouble(4), Real(row, 5), Real(row, 6), row.GetInt64(7)))))
            .ToLookup(one => one.Experiment, one => one.Summary);
        var saved = (await All(rows, $"select experiment_id, fence, step, path, sha256 from checkpoint where experiment_id in ({of}) order by 1, 2, 3",
            row => (Experiment: row.GetInt64(0), Checkpoint: new Saved(row.GetInt64(1), row.GetInt64(2), row.GetString(3), row.GetString(4)))))
            .ToLookup(one => one.Experiment, one => one.Checkpoint);
        return new(await All(rows, $"""
            select e.id, e.sweep_id, e.ordinal, e.state, e.fence, e.attempt, e.lease_until > clock_timestamp(), e.group_size, e.group_place, e.checkpoint_step, e.checkpoint_path, e.checkpoint_sha256
            from experiment e where e.id in ({of}) order by array_position(array[{string.Join(", ", sweeps)}]::bigint[], e.sweep_id), e.ordinal
            """,
            row =>
            {
                var id = row.GetInt64(0);
                var path = Text(row, 10);
                return new Trained(
                    id, sweeps.ToList().IndexOf(row.GetInt64(1)), row.GetInt32(2), row.GetString(3), row.GetInt64(4), row.GetInt32(5), row.IsDBNull(6) ? null : row.GetBoolean(6),
                    Number(row, 7), Number(row, 8), [.. attempts[id]], [.. points[id]], [.. summaries[id]], [.. saved[id]],
                    Number(row, 9), path, Text(row, 11), path is null ? CheckpointFiles.None : CheckpointFiles.Read(Path.Combine(checkpoints, path)));
            }));
    }

    private static async Task<List<T>> All<T>(NpgsqlConnection rows, string sql, Func<NpgsqlDataReader, T> read)
    {
        List<T> all = [];
        await using var command = new NpgsqlCommand(sql, rows);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) all.Add(read(reader));
        return all;
    }

    private static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : Convert.ToInt64(row.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);

    private static double? Real(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

/// <summary>One experiment.</summary>
/// <param name="Sweep">Place of its sweep among those submitted together: with <paramref name="Ordinal"/> the same in every run.</param>
/// <param name="LeaseLives">Null without a lease.</param>
/// <param name="Points">Its history, by metric and step.</param>
internal sealed record Trained(
    long Id, int Sweep, int Ordinal, string State, long Fence, int Attempt, bool? LeaseLives, long? GroupSize, long? GroupPlace, IReadOnlyList<AttemptMade> Attempts,
    IReadOnlyList<Point> Points, IReadOnlyList<Summary> Summaries, IReadOnlyList<Saved> Checkpoints, long? CheckpointStep, string? CheckpointPath, string? CheckpointSha256,
    CheckpointFiles Files)
{
    public override string ToString() => $"experiment {Id} (sweep {Sweep}, cell {Ordinal})";
}

/// <param name="Outcome">Null while open.</param>
internal sealed record AttemptMade(int Number, long Fence, long? ResumedStep, long Step, long TotalSteps, string? Outcome, string Worker, string? Reason);

internal sealed record Point(string Metric, long Step, double Value);

/// <summary>What the summary's row says of a metric.</summary>
internal sealed record Summary(string Metric, long Count, long LastStep, double LastValue, double? Min, double? Max, long NonFinite);

/// <summary>A committed checkpoint.</summary>
internal sealed record Saved(long Fence, long Step, string Path, string Sha256);

/// <summary>The files of a checkpoint as they are.</summary>
/// <param name="ManifestSha256">Null when there is no manifest.</param>
/// <param name="Listed">Name to SHA-256 as the manifest says.</param>
/// <param name="Found">Name to SHA-256 of the content.</param>
internal sealed record CheckpointFiles(string? ManifestSha256, IReadOnlyDictionary<string, string> Listed, IReadOnlyDictionary<string, string> Found)
{
    private const string ManifestName = "manifest.json";

    public static CheckpointFiles None { get; } = new(null, new Dictionary<string, string>(), new Dictionary<string, string>());

    public static CheckpointFiles Read(string folder)
    {
        var manifest = Path.Combine(folder, ManifestName);
        if (!File.Exists(manifest)) return None;
        var text = File.ReadAllBytes(manifest);
        using var document = JsonDocument.Parse(text);
        return new(
            Hash(text),
            document.RootElement.GetProperty("files").EnumerateArray().ToDictionary(file => file.GetProperty("name").GetString()!, file => file.GetProperty("sha256").GetString()!),
            Directory.GetFiles(folder).Where(file => Path.GetFileName(file) != ManifestName).ToDictionary(file => Path.GetFileName(file), file => Hash(File.ReadAllBytes(file))));
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
