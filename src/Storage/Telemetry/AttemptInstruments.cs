using System.Diagnostics.Metrics;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;

namespace ViViT.Storage.Telemetry;

/// <summary>Ends of attempts and of experiments.</summary>
public static class AttemptInstruments
{
    private static readonly Counter<long> AttemptsEnded = SiloMeter.Meter.CreateCounter<long>("vivit.attempts.ended", "{attempt}", "Attempts that ended, by how and why");

    private static readonly Histogram<double> Duration = SiloMeter.Seconds(
        "vivit.attempt.duration", "From the lease to the end of the attempt", 1, 5, 15, 60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400);

    private static readonly Counter<long> Expirations = SiloMeter.Meter.CreateCounter<long>(
        "vivit.lease.expirations", "{experiment}", "Experiments that were taken back because nobody renewed their lease");

    private static readonly Counter<long> Retries = SiloMeter.Meter.CreateCounter<long>("vivit.experiment.retries", "{experiment}", "Experiments that were queued again after an attempt, by why it ended");

    private static readonly Counter<long> ExperimentsEnded = SiloMeter.Meter.CreateCounter<long>("vivit.experiments.ended", "{experiment}", "Experiments that reached a final state");

    private static readonly Counter<long> StoppedEarly = SiloMeter.Meter.CreateCounter<long>("vivit.stopped_early", "{experiment}", "Experiments that a stopping rule ended");

    /// <summary>An attempt ended, and that is stored.</summary>
    internal static void Ended(string pool, AttemptEnding ending, TimeSpan lasted)
    {
        var label = Pool(pool);
        AttemptsEnded.Add(1, label, new("outcome", ending.Outcome), Class(ending));
        Duration.Record(lasted.TotalSeconds, label, new KeyValuePair<string, object?>("outcome", ending.Outcome));
        if (ending.Outcome == "lease_lost") Expirations.Add(1, label);
    }

    /// <summary>The experiment waits for another attempt.</summary>
    internal static void QueuedAgain(AttemptEnding ending) => Retries.Add(1, Class(ending));

    /// <summary>So many experiments have ended so.</summary>
    internal static void Ended(string pool, ExperimentState state, int experiments = 1)
    {
        if (experiments > 0) ExperimentsEnded.Add(experiments, Pool(pool), new("state", Sql.Text(state)));
    }

    /// <summary>A stopping rule ended an experiment, and that is stored.</summary>
    public static void Stopped(StoppingRule rule, int experiments = 1) => StoppedEarly.Add(experiments, new KeyValuePair<string, object?>("rule", Sql.Text(rule)));

    internal static void Begin()
    {
        foreach (var failure in Enum.GetValues<FailureClass>()) Retries.Add(0, new KeyValuePair<string, object?>("class", Sql.Text(failure)));
        foreach (var rule in Enum.GetValues<StoppingRule>()) Stopped(rule, experiments: 0);
    }

    internal static void Begin(string pool)
    {
        Expirations.Add(0, Pool(pool));
        foreach (var state in Enum.GetValues<ExperimentState>().Where(state => state.IsFinal())) ExperimentsEnded.Add(0, Pool(pool), new("state", Sql.Text(state)));
    }

    private static KeyValuePair<string, object?> Pool(string pool) => new("pool", PoolLabels.OfThisProcess.Of(pool));

    private static KeyValuePair<string, object?> Class(AttemptEnding ending) => new("class", ending.Class is { } failure ? Sql.Text(failure) : "none");
}
