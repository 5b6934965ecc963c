using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Models.Weights;
using ViViT.Training.Checkpoints;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// Every number of a group that changes while it trains, and each member's form in a checkpoint. Files: model.safetensors,
/// optimiser.safetensors (the optimiser's moments, the losses since the last log point, the epoch's class scores so far),
/// average.safetensors (with weight averaging), best.safetensors (after the first validation), state.json.
/// </summary>
internal sealed class GroupState : IDisposable
{
    private const string ModelFile = "model.safetensors";
    private const string AverageFile = "average.safetensors";
    private const string BestFile = "best.safetensors";
    private const string OptimiserFile = "optimiser.safetensors";
    private const string ProgressFile = "state.json";
    private const string LossSum = "loss_sum";
    private const string EpochLogits = "epoch_logits";

    public GroupState(Learner learner, int samples, Device device)
    {
        Learner = learner;
        BestWeights = new FlatParameters(learner.Model.Layout, learner.Parameters.Members, device, withGradients: false, learner.IsMixed);
        Scores = new EpochScores(learner.Parameters.Members, samples, learner.Model.Classes, device);
    }

    public Learner Learner { get; }

    /// <summary>Each member's weights of <see cref="TrainingProgress.Best"/>.</summary>
    public FlatParameters BestWeights { get; }

    public EpochScores Scores { get; }

    /// <summary>The weights to validate: their average where there is one.</summary>
    public FlatParameters Evaluated()
    {
        Learner.Average?.Refresh();
        return Learner.Average ?? Learner.Parameters;
    }

    /// <summary>Keeps a member's evaluated weights as its best.</summary>
    public void KeepBest(int member)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        BestWeights.Values.narrow(0, member, 1).copy_((Learner.Average ?? Learner.Parameters).Values.narrow(0, member, 1));
        BestWeights.Refresh();
    }

    /// <param name="seen">Samples of the current epoch that the member has seen.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public CheckpointManifest Save(int member, TrainingProgress progress, int seen, CheckpointFolder checkpoints)
    {
        using var scope = NewDisposeScope();
        var files = new Dictionary<string, byte[]>
        {
            [ModelFile] = InMemory(file => WeightFile.Write(file, Learner.Parameters, member)),
            [OptimiserFile] = InMemory(file => Safetensors.Write(file, [.. Slices(member, seen).Select(entry =>
                new NamedArray(entry.Name, ArrayType.F32, [entry.Slice.numel()], Bytes(entry.Slice)))])),
            [ProgressFile] = JsonSerializer.SerializeToUtf8Bytes(progress, ContractsJson.Options),
        };
        if (Learner.Average is { } average)
        {
            files[AverageFile] = InMemory(file => WeightFile.Write(file, average, member));
        }

        if (progress.Best is not null)
        {
            files[BestFile] = InMemory(file => WeightFile.Write(file, BestWeights, member));
        }

        return checkpoints.Write(progress.Step, files);
    }

    /// <summary>Puts a member where a checkpoint of it left off.</summary>
    /// <param name="seenAt">Samples of its epoch that a member has seen after so many steps.</param>
    /// <exception cref="CheckpointException">It is damaged, or another experiment's.</exception>
    public TrainingProgress Restore(int member, ExperimentSpec spec, Func<long, int> seenAt, CheckpointFolder checkpoints, CheckpointManifest checkpoint)
    {
        using var scope = NewDisposeScope();
        using var grad = no_grad();
        var files = checkpoints.Read(checkpoint);
        try
        {
            var progress = JsonSerializer.Deserialize<TrainingProgress>(Content(ProgressFile), ContractsJson.Options);
            if (progress?.Spec != spec || progress.Step != checkpoint.Step)
            {
                throw new CheckpointException(checkpoint.Path, "it was saved under other settings than the experiment has now");
            }

            WeightFile.Read(Content(ModelFile), Learner.Parameters, member);
            RestoreSlices(member, seenAt(progress.Step), Content(OptimiserFile));
            if (Learner.Average is { } average)
            {
                WeightFile.Read(Content(AverageFile), average, member);
            }

            if (progress.Best is not null)
            {
                WeightFile.Read(Content(BestFile), BestWeights, member);
            }

            return progress;
        }
        catch (Exception malformed) when (malformed is SafetensorsException or JsonException)
        {
            throw new CheckpointException(checkpoint.Path, malformed.Message.TrimEnd('.'), malformed);
        }

        byte[] Content(string name) => files.TryGetValue(name, out var content) ? content : throw new CheckpointException(checkpoint.Path, $"{name} is missing");
    }

    public void Dispose()
    {
        Learner.Dispose();
        BestWeights.Dispose();
        Scores.Dispose();
    }

    // A member's part of everything that is neither a weight nor its progress; views.
    private IEnumerable<(string Name, Tensor Slice)> Slices(int member, int seen) =>
    [
        .. Learner.Optimiser.State.Select(state => (state.Name, state.State_KP.narrow(0, member, 1))),
        (LossSum, Learner.LossSum.narrow(0, member, 1)),
        (EpochLogits, Scores.Logits.narrow(0, member, 1).narrow(1, 0, seen)),
    ];

    private void RestoreSlices(int member, int seen, byte[] file)
    {
        var arrays = Safetensors.Read(file).Arrays.ToDictionary(array => array.Name);
        foreach (var (name, slice) in Slices(member, seen))
        {
            if (!arrays.TryGetValue(name, out var array))
            {
                throw new SafetensorsException($"the tensor '{name}' is missing");
            }

            array.Expect(ArrayType.F32, [slice.numel()]);
            if (slice.numel() > 0)
            {
                slice.copy_(tensor(MemoryMarshal.Cast<byte, float>(array.Data.Span).ToArray()).view(slice.shape));
            }
        }
    }

    private static byte[] Bytes(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.numel() == 0 ? [] : values.detach().cpu().contiguous().bytes.ToArray();
    }

    private static byte[] InMemory(Action<Stream> write)
    {
        using var file = new MemoryStream();
        write(file);
        return file.ToArray();
    }
}
