using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Models;
using ViViT.Models.Weights;
using ViViT.Training.Checkpoints;
using ViViT.Training.Metrics;
using static TorchSharp.torch;

namespace ViViT.Training;

/// <summary>
/// Everything of a lone training that changes while it runs, and its two forms: in memory and in a checkpoint. Files: model.safetensors,
/// optimiser.safetensors (Adam's moments, the losses since the last log point), best.safetensors (after the first validation), state.json.
/// </summary>
internal sealed class TrainingState : IDisposable
{
    private const string ModelFile = "model.safetensors";
    private const string BestFile = "best.safetensors";
    private const string OptimiserFile = "optimiser.safetensors";
    private const string ProgressFile = "state.json";

    public TrainingState(ExperimentSpec spec, VideoTransformer model, Device device)
    {
        Learner = new Learner(model, [new LearnerMember(spec.Seed, spec.Training.LearningRate)], spec.Model.Dropout, device);
        BestWeights = new FlatParameters(model.Layout, members: 1, device, withGradients: false);
        Progress = new TrainingProgress { Spec = spec };
    }

    public Learner Learner { get; }

    /// <summary>The weights of <see cref="TrainingProgress.Best"/>, on the device.</summary>
    public FlatParameters BestWeights { get; }

    public TrainingProgress Progress { get; set; }

    /// <summary>Keeps the weights if these scores are the best so far.</summary>
    public void Validated(ClassificationScores scores)
    {
        if (Progress.Best?.IsBeatenBy(scores.Auc, scores.Loss) == false)
        {
            return;
        }

        using var scope = NewDisposeScope();
        using var grad = no_grad();
        BestWeights.Values.copy_(Learner.Parameters.Values);
        Progress = Progress with { Best = new BestValidation(Progress.Step, scores.Auc, scores.Loss) };
    }

    public CheckpointManifest Save(CheckpointFolder checkpoints)
    {
        var files = new Dictionary<string, byte[]>
        {
            [ModelFile] = InMemory(file => WeightFile.Write(file, Learner.Parameters, member: 0)),
            [OptimiserFile] = InMemory(file => Safetensors.Write(file, [.. OptimiserTensors.Select(entry =>
                new NamedArray(entry.Name, ArrayType.F32, [entry.Tensor.numel()], Bytes(entry.Tensor)))])),
            [ProgressFile] = JsonSerializer.SerializeToUtf8Bytes(Progress, ContractsJson.Options),
        };
        if (Progress.Best is not null)
        {
            files[BestFile] = InMemory(file => WeightFile.Write(file, BestWeights, member: 0));
        }

        return checkpoints.Write(Progress.Step, files);
    }

    /// <exception cref="CheckpointException">It is damaged, or another experiment's.</exception>
    public void Restore(CheckpointFolder checkpoints, CheckpointManifest checkpoint)
    {
        var files = checkpoints.Read(checkpoint);
        try
        {
            var progress = JsonSerializer.Deserialize<TrainingProgress>(Content(ProgressFile), ContractsJson.Options);
            if (progress?.Spec != Progress.Spec || progress.Step != checkpoint.Step)
            {
                throw new CheckpointException(checkpoint.Path, "it was saved under other settings than the experiment has now");
            }

            WeightFile.Read(Content(ModelFile), Learner.Parameters, member: 0);
            RestoreOptimiser(Content(OptimiserFile));
            if (progress.Best is not null)
            {
                WeightFile.Read(Content(BestFile), BestWeights, member: 0);
            }

            Progress = progress;
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
    }

    private IEnumerable<(string Name, Tensor Tensor)> OptimiserTensors =>
        [("adam.first", Learner.Optimiser.First), ("adam.second", Learner.Optimiser.Second), ("loss_sum", Learner.LossSum)];

    private void RestoreOptimiser(byte[] file)
    {
        var arrays = Safetensors.Read(file).Arrays.ToDictionary(array => array.Name);
        using var grad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, target) in OptimiserTensors)
        {
            if (!arrays.TryGetValue(name, out var array))
            {
                throw new SafetensorsException($"the tensor '{name}' is missing");
            }

            array.Expect(ArrayType.F32, [target.numel()]);
            target.copy_(tensor(MemoryMarshal.Cast<byte, float>(array.Data.Span).ToArray()).view(target.shape));
        }
    }

    private static byte[] Bytes(Tensor values)
    {
        using var scope = NewDisposeScope();
        return values.detach().cpu().contiguous().bytes.ToArray();
    }

    private static byte[] InMemory(Action<Stream> write)
    {
        using var file = new MemoryStream();
        write(file);
        return file.ToArray();
    }
}
