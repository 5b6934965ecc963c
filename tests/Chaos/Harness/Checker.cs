using ViViT.Contracts;

namespace ViViT.Chaos;

/// <summary>Judges what a run left behind, by itself and beside an undisturbed run of the same experiments. Pure.</summary>
internal static class Checker
{
    /// <summary>What is wrong; empty when nothing is. Only the number of attempts may differ from the undisturbed run.</summary>
    /// <param name="sizes">Experiments of each sweep.</param>
    public static IReadOnlyList<string> Check(History history, IReadOnlyList<int> sizes, History undisturbed) =>
    [
        .. sizes.SelectMany((size, sweep) => Counts(history, size, sweep)),
        .. history.Experiments.SelectMany(Alone),
        .. history.Experiments.SelectMany(one => undisturbed.Experiments.SingleOrDefault(other => (other.Sweep, other.Ordinal) == (one.Sweep, one.Ordinal)) is { } other
            ? Beside(one, other)
            : [$"{one} is not in the undisturbed run"]),
    ];

    private static IEnumerable<string> Counts(History history, int size, int sweep)
    {
        var states = history.Experiments.Where(one => one.Sweep == sweep).CountBy(one => one.State).ToDictionary();
        if (states.Values.Sum() != size) yield return $"sweep {sweep} has {states.Values.Sum()} experiments in all states together, and {size} were submitted";
        foreach (var (state, count) in states.Where(state => state.Key != "succeeded")) yield return $"sweep {sweep}: {count} experiments are {state} and not succeeded";
    }

    private static IEnumerable<string> Alone(Trained one)
    {
        return Ends().Concat(Fences()).Concat(Lineage()).Concat(Curves()).Concat(Summaries()).Concat(Files()).Select(problem => $"{one}: {problem}");

        IEnumerable<string> Ends()
        {
            if (one.State == "running" && one.LeaseLives != true) yield return "is running and its lease has expired";
            if (one.State != "running" && one.LeaseLives is not null) yield return $"is {one.State} and has a lease";
            if (!one.Attempts.Select(attempt => attempt.Number).SequenceEqual(Enumerable.Range(1, one.Attempt))) yield return $"its attempts are numbered {string.Join(", ", one.Attempts.Select(attempt => attempt.Number))}, and it counts {one.Attempt}";
            foreach (var attempt in one.Attempts.Where(attempt => attempt.Outcome is null)) yield return $"attempt {attempt.Number} has no outcome";
            var successes = one.Attempts.Where(attempt => attempt.Outcome == "succeeded").Select(attempt => attempt.Number).ToArray();
            if (successes.Length > 1) yield return $"attempts {string.Join(", ", successes)} all succeeded";
            if (one.State == "succeeded" && (successes is not [var last] || last != one.Attempt)) yield return "is succeeded, and its last attempt is not";
        }

        IEnumerable<string> Fences()
        {
            foreach (var (before, after) in one.Attempts.Zip(one.Attempts.Skip(1)).Where(pair => pair.Second.Fence <= pair.First.Fence))
            {
                yield return $"the fence of attempt {after.Number} is {after.Fence}, after {before.Fence}";
            }

            if (one.Attempts.Any(attempt => attempt.Fence > one.Fence)) yield return $"its fence {one.Fence} is below an attempt's";
        }

        IEnumerable<string> Lineage()
        {
            foreach (var stray in one.Checkpoints.Where(saved => one.Attempts.All(attempt => attempt.Fence != saved.Fence))) yield return $"a checkpoint of step {stray.Step} was committed under fence {stray.Fence}, which no attempt has";
            foreach (var (before, after) in one.Checkpoints.Zip(one.Checkpoints.Skip(1)).Where(pair => pair.Second.Step <= pair.First.Step))
            {
                yield return $"the checkpoint of step {after.Step} (fence {after.Fence}) was committed after that of step {before.Step} (fence {before.Fence})";
            }

            foreach (var attempt in one.Attempts)
            {
                var newest = one.Checkpoints.LastOrDefault(saved => saved.Fence < attempt.Fence)?.Step;
                if (attempt.ResumedStep != newest) yield return $"attempt {attempt.Number} resumed from step {attempt.ResumedStep?.ToString() ?? "none"}, and the newest checkpoint was of step {newest?.ToString() ?? "none"}";
            }

            var committed = one.Checkpoints is [.., var last] ? last : null;
            if ((one.CheckpointStep, one.CheckpointPath, one.CheckpointSha256) != (committed?.Step, committed?.Path, committed?.Sha256)) yield return $"its checkpoint of step {one.CheckpointStep} is not the last that was committed";
        }

        IEnumerable<string> Curves()
        {
            foreach (var curve in one.Points.GroupBy(point => point.Metric))
            {
                foreach (var doubled in curve.CountBy(point => point.Step).Where(step => step.Value > 1)) yield return $"{curve.Key} at step {doubled.Key} is there {doubled.Value} times";

                // Points come every so many steps; only the last one may come sooner.
                var steps = curve.Select(point => point.Step).Distinct().Order().ToArray();
                var distances = steps.Zip(steps.Skip(1), (before, after) => after - before).ToArray();
                for (var i = 1; i < distances.Length; i++)
                {
                    if (distances[i] > distances[0] || (distances[i] < distances[0] && i < distances.Length - 1)) yield return $"{curve.Key} goes from step {steps[i]} to {steps[i + 1]}, and else in steps of {distances[0]}";
                }

                if (one.State == "succeeded" && steps[^1] + (distances is [var distance, ..] ? distance : 1) <= one.Attempts[^1].Step) yield return $"{curve.Key} ends at step {steps[^1]}, and the training at {one.Attempts[^1].Step}";
            }
        }

        IEnumerable<string> Summaries()
        {
            var expected = one.Points.GroupBy(point => point.Metric).Select(curve =>
            {
                var finite = curve.Select(point => point.Value).Where(double.IsFinite).ToArray();
                var last = curve.MaxBy(point => point.Step)!;
                return new Summary(curve.Key, curve.Count(), last.Step, last.Value, finite.Length > 0 ? finite.Min() : null, finite.Length > 0 ? finite.Max() : null, curve.Count() - finite.Length);
            });
            foreach (var metric in expected.Except(one.Summaries).Concat(one.Summaries.Except(expected)).Select(summary => summary.Metric).Distinct())
            {
                yield return $"the summary of {metric} does not agree with its points";
            }
        }

        IEnumerable<string> Files()
        {
            if (one.Files.ManifestSha256 != one.CheckpointSha256) yield return $"the manifest of {one.CheckpointPath} is not the one that was committed";
            if (!Same(one.Files.Listed, one.Files.Found)) yield return $"the files of {one.CheckpointPath} are not those of its manifest";
        }
    }

    private static IEnumerable<string> Beside(Trained one, Trained other)
    {
        return Problems().Select(problem => $"{one}: {problem} in the undisturbed run");

        IEnumerable<string> Problems()
        {
            if ((one.GroupSize, one.GroupPlace) != (other.GroupSize, other.GroupPlace)) yield return $"has place {one.GroupPlace} of {one.GroupSize} in its group, {other.GroupPlace} of {other.GroupSize}";
            if (one.State != other.State) yield return $"is {one.State}, {other.State}";
            if (Last(one) != Last(other)) yield return $"ended at {Last(one)}, {Last(other)}";
            var theirs = Values(other);
            var ours = Values(one);
            foreach (var metric in theirs.Keys.Union(ours.Keys).GroupBy(point => point.Metric))
            {
                var missing = metric.Where(point => !ours.ContainsKey(point)).Select(point => point.Step).ToArray();
                var more = metric.Where(point => !theirs.ContainsKey(point)).Select(point => point.Step).ToArray();
                var differing = metric.Where(point => ours.TryGetValue(point, out var value) && theirs.TryGetValue(point, out var its) && value != its).Select(point => point.Step).ToArray();
                if (missing.Length > 0) yield return $"{metric.Key} lacks {Steps(missing)}, which are there";
                if (more.Length > 0) yield return $"{metric.Key} has {Steps(more)}, which are not there";
                if (differing.Length > 0) yield return $"{metric.Key} has other bits at {Steps(differing)} than";
            }

            if (one.CheckpointStep != other.CheckpointStep) yield return $"its last checkpoint is of step {one.CheckpointStep}, {other.CheckpointStep}";
            if (!Same(one.Files.Found, other.Files.Found))
            {
                yield return $"{string.Join(", ", one.Files.Found.Keys.Union(other.Files.Found.Keys).Where(file => one.Files.Found.GetValueOrDefault(file) != other.Files.Found.GetValueOrDefault(file)))} of its last checkpoint are other files than";
            }
        }

        static (long Step, long TotalSteps) Last(Trained trained) => trained.Attempts is [.., var last] ? (last.Step, last.TotalSteps) : default;
    }

    // The bits of each value; those of the machine count as equal.
    private static Dictionary<(string Metric, long Step), long> Values(Trained trained) => trained.Points.DistinctBy(point => (point.Metric, point.Step)).ToDictionary(
        point => (point.Metric, point.Step), point => MetricNames.IsOfTheMachine(point.Metric) ? 0 : BitConverter.DoubleToInt64Bits(point.Value));

    private static bool Same(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) => one.Count == other.Count && !one.Except(other).Any();

    private static string Steps(long[] steps) => steps.Length > 6 ? $"{steps.Length} steps from {steps[0]} to {steps[^1]}" : $"step {string.Join(", ", steps)}";
}
