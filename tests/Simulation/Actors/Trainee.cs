using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Simulation.Tests.Engine;

namespace ViViT.Simulation.Tests.Actors;

/// <summary>What becomes of an experiment when nothing around it breaks.</summary>
internal enum Fate
{
    Trains,

    /// <summary>Its loss is no number from some step on.</summary>
    Diverges,

    /// <summary>Kills its worker at some step, always.</summary>
    Poisons,

    /// <summary>Its settings are wrong.</summary>
    Misfits,
}

/// <summary>
/// A training that is arithmetic: every value is a function of the experiment and the step, as determinism promises of real ones. Its checkpoint's
/// hash is one, too.
/// </summary>
internal static class Trainee
{
    public const int StepsPerEpoch = 2;
    private const int Trouble = 0x7A0;

    public static long TotalSteps(ExperimentSpec spec) => spec.Training.Epochs * StepsPerEpoch;

    /// <param name="troubled">Of a sweep that has troubled experiments.</param>
    public static Fate FateOf(int seed, ExperimentId id, bool troubled) => !troubled ? Fate.Trains : (Dice.Hash(seed, id.Value, Trouble) % 8) switch
    {
        0 => Fate.Diverges,
        1 or 2 => Fate.Poisons,
        3 => Fate.Misfits,
        _ => Fate.Trains,
    };

    /// <summary>The step at which the fate strikes.</summary>
    public static long FatefulStep(int seed, ExperimentId id, ExperimentSpec spec) => 1 + (long)(Dice.Hash(seed, id.Value, Trouble + 1) % (ulong)TotalSteps(spec));

    public static double Loss(int seed, ExperimentId id, long step, Fate fate, long fateful) => fate == Fate.Diverges && step >= fateful ? double.NaN : Share(Dice.Hash(seed, id.Value, step, 1));

    /// <summary>After the epoch that ends with the step.</summary>
    public static double Auc(int seed, ExperimentId id, long step) => Share(Dice.Hash(seed, id.Value, step, 2));

    public static CheckpointManifest Checkpoint(int seed, Held held, long step) =>
        new(step, $"experiment-{held.Experiment}/fence-{held.Fence}/step-{step}", Sha256(seed, held.Experiment, step), 1);

    public static string Sha256(int seed, ExperimentId id, long step) => $"{Dice.Hash(seed, id.Value, step, 3):x16}";

    private static double Share(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
