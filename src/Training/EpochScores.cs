using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// The class scores that K members gave to their training samples in this epoch, in the order in which they saw them, on the device until
/// the epoch ends.
/// </summary>
internal sealed class EpochScores(int members, int samples, int classes, Device device) : IDisposable
{
    /// <summary>[K, S, C].</summary>
    public Tensor Logits { get; } = zeros([members, samples, classes], ScalarType.Float32, device).DetachFromDisposeScope();

    public void Add(int start, Tensor logits_KBC)
    {
        using var target = Logits.narrow(1, start, logits_KBC.shape[1]);
        target.copy_(logits_KBC);
    }

    public void Dispose() => Logits.Dispose();
}
