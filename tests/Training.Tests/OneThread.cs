using static TorchSharp.torch;

[assembly: AssemblyFixture(typeof(ViViT.Training.Tests.OneThread))]

namespace ViViT.Training.Tests;

/// <summary>Tests run side by side, so each computes on one thread.</summary>
public sealed class OneThread
{
    public OneThread() => set_num_threads(1);
}
