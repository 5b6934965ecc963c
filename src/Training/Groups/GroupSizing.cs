using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Data;
using ViViT.Models;
using static TorchSharp.torch;

namespace ViViT.Training.Groups;

/// <summary>
/// Measures how many experiments of a shape train best as one on a device: real steps of the real learner on made-up volumes, in groups of
/// 1, 2, 4, 8, …, until a larger one is hardly faster or would take more than half of the memory that is free.
/// </summary>
/// <param name="freeMemory">Bytes free on the device, as far as that can be asked.</param>
public sealed class GroupSizing(Device device, Func<long?> freeMemory, TimeProvider? time = null)
{
    private const int FewSteps = 3;
    private const int ManySteps = 9;
    private static readonly TimeSpan ForFew = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ForMany = TimeSpan.FromSeconds(0.5);

    private readonly TimeProvider time = time ?? TimeProvider.System;

    /// <param name="spec">An experiment of the shape.</param>
    /// <param name="size">Voxels along each axis of a volume.</param>
    /// <param name="most">No larger group is tried.</param>
    /// <exception cref="ArgumentException">The spec fits no volume of that size.</exception>
    public GroupSizes Measure(ExperimentSpec spec, int size, int classes, int most)
    {
        using var scope = NewDisposeScope();
        var model = new VideoTransformer(spec.Model, size, classes);
        using var volumes = MadeUp(spec, model, size);
        var bytes = GroupMemory.BytesPerMember(spec, model, DevicePrecision.IsMixed(spec.Training.Precision, device));
        var free = freeMemory();
        return GroupSearch.Run(most, spec.Training.BatchSize, members => Fits(members), members =>
        {
            var seconds = StepSeconds([.. Enumerable.Range(0, members).Select(member => spec with { Seed = spec.Seed + member })], model, volumes);

            // What the allocator keeps after the step is what the step took at its peak.
            if (free - freeMemory() is > 0 and var taken)
            {
                bytes = Math.Max(bytes, taken / members);
            }

            return seconds;
        });

        bool Fits(int members) => free is not { } known || members * bytes <= known / 2;
    }

    // One batch of noise, each label in turn.
    private DeviceSplit MadeUp(ExperimentSpec spec, VideoTransformer model, int size)
    {
        var voxels = new byte[(long)spec.Training.BatchSize * size * size * size];
        new Random(spec.Seed).NextBytes(voxels);
        var labels = Enumerable.Range(0, spec.Training.BatchSize).Select(sample => (byte)(sample % model.Classes)).ToArray();
        return new DeviceSplit("made-up split", new VolumeSplit(voxels, labels), model.Classes, model.Grid, device, asVolumes: !spec.Training.Augmentation.IsOff);
    }

    // The fastest of a few steps after the first, which allocates: what else the machine does can only make one slower.
    private double StepSeconds(IReadOnlyList<ExperimentSpec> members, VideoTransformer model, DeviceSplit volumes)
    {
        using var learner = new Learner(model, members, device);
        using var batches = new BatchMaker(members, volumes, device) { Epoch = 0 };
        var fastest = TimeSpan.MaxValue;
        var started = time.GetTimestamp();
        for (var step = 0; step <= 1 || GoesOn(step, time.GetElapsedTime(started)); step++)
        {
            var begun = time.GetTimestamp();
            using (NewDisposeScope())
            {
                var batch = batches.Make(step + 1, start: 0);
                learner.Step(step + 1, batch.Patches_KNBV, batch.Labels_KB, rates: null, batch.Mixed);
                learner.LossSum.cpu();   // waits for the device
            }

            var took = time.GetElapsedTime(begun);
            if (step > 0 && took < fastest)
            {
                fastest = took;
            }
        }

        return fastest.TotalSeconds;

        static bool GoesOn(int step, TimeSpan elapsed) => (step <= FewSteps && elapsed < ForFew) || (step <= ManySteps && elapsed < ForMany);
    }
}
