using System.Text.RegularExpressions;
using ViViT.Contracts.Wire;

namespace ViViT.Silo.Api;

/// <summary>Holds flushes to the form that the protocol promises, before they reach a table. Pure.</summary>
internal static partial class MetricFlushCheck
{
    // A sweep's steps are added up in 64 bits: no number of one experiment may spoil the sum of 100,000.
    private const long MostSteps = 1_000_000_000_000;

    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? Problem(IReadOnlyList<MetricFlush> flushes)
    {
        foreach (var flush in flushes)
        {
            var where = $"experiment {flush.Experiment}, flush {flush.Seq}";
            if (flush.Seq < 0 || flush.Step < 0 || flush.TotalSteps < 0)
            {
                return $"{where}: seq, step and total_steps count from 0. Send none below.";
            }

            if (Math.Max(flush.Step, flush.TotalSteps) > MostSteps)
            {
                return $"{where}: step {flush.Step} of total_steps {flush.TotalSteps} is beyond {MostSteps}. Send the optimiser's steps.";
            }

            if (flush.Chunks.GroupBy(chunk => chunk.Metric, StringComparer.Ordinal).FirstOrDefault(chunks => chunks.Count() > 1) is { } twice)
            {
                return $"{where}: '{twice.Key}' comes in two chunks. Send one chunk for each metric.";
            }

            foreach (var chunk in flush.Chunks)
            {
                if (Problem(chunk) is { } problem)
                {
                    return $"{where}: {problem}";
                }
            }
        }

        return null;
    }

    private static string? Problem(MetricChunk chunk)
    {
        if (!Name().IsMatch(chunk.Metric))
        {
            return $"'{chunk.Metric}' is no metric's name. Use letters, digits and _./-, at most 200.";
        }

        if (chunk.Steps.Count != chunk.Values.Count || chunk.Steps.Count == 0)
        {
            return $"{chunk.Metric} has {chunk.Steps.Count} steps and {chunk.Values.Count} values. Give one value for each step, at least one.";
        }

        for (var point = 0; point < chunk.Steps.Count; point++)
        {
            if (chunk.Steps[point] < (point == 0 ? 0 : chunk.Steps[point - 1] + 1))
            {
                return $"{chunk.Metric} goes from step {(point == 0 ? 0 : chunk.Steps[point - 1])} to {chunk.Steps[point]}. Send the points in rising order of step, from 0.";
            }
        }

        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9_./-]{1,200}\z")]
    private static partial Regex Name();
}
