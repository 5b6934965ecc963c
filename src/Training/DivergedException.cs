namespace ViViT.Training;

/// <summary>The training loss is no longer a finite number.</summary>
/// <param name="step">Optimiser steps done when it was noticed; it happened since the log point before.</param>
public sealed class DivergedException(long step, double loss)
    : Exception($"The training loss is {loss} at step {step}: the training diverged. A smaller learning rate usually mends it.")
{
    public long Step { get; } = step;

    public double Loss { get; } = loss;
}
