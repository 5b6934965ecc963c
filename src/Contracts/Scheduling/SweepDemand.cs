using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Scheduling;

/// <summary>What one running sweep wants of a pool and has of it.</summary>
/// <param name="Weight">Its share beside sweeps of the same priority.</param>
/// <param name="MaxParallel">The most slots it may have at once; any number when null.</param>
/// <param name="Needs">What a slot must have to be of use to it.</param>
/// <param name="Running">Slots that it has.</param>
/// <param name="Waiting">Experiments that could start now, counted up to a few hundred.</param>
/// <param name="Grouped">Whether its experiments may train as one.</param>
public sealed record SweepDemand(SweepId Sweep, int Priority, double Weight, int? MaxParallel, ResourceSpec Needs, int Running, int Waiting, bool Grouped = false)
{
    /// <summary>Slots that it could still take.</summary>
    public int Wants => Math.Min(Waiting, MaxParallel is { } most ? Math.Max(0, most - Running) : int.MaxValue);
}
