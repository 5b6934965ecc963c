// One training step of the reference recipe (tubelets of 8, 8 blocks of width 128, batch 32, dropout 0.1, float32): ours against PyTorch
// eager on the same cores, in alternating rounds. Arguments: the Python interpreter (none: ours alone, for a profiler), step.py, rounds,
// thread counts.
using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models;
using ViViT.Training;
using static TorchSharp.torch;

const int Warmup = 8;
const int StepsPerRound = 15;
const int Samples = 256;

if (args is not [var python, var script, var roundsText, .. var threadTexts] || threadTexts.Length == 0)
{
    Console.Error.WriteLine("Usage: ViViT.Bench.TrainingStep <python|none> <step.py> <rounds> <threads>...");
    return 2;
}

var rounds = int.Parse(roundsText, CultureInfo.InvariantCulture);
var spec = new ExperimentSpec { Data = new DataSpec { Name = "random" } };
using var learner = new Learner(new VideoTransformer(spec.Model, size: 28, classes: 11), [new LearnerMember(0, spec.Training.LearningRate)], spec.Model.Dropout, CPU);
var sequence = RandomSequence.Of(0, "bench");
var voxels = new byte[Samples * 28 * 28 * 28];
for (var i = 0; i < voxels.Length; i++)
{
    voxels[i] = (byte)sequence.Next();
}

using var patches = learner.Model.Grid.Cut(tensor(voxels).view(Samples, 28, 28, 28));
using var labels = tensor(Enumerable.Range(0, Samples).Select(_ => (long)sequence.NextBelow(11)).ToArray());
var stepsDone = 0;

if (python == "none")
{
    set_num_threads(int.Parse(threadTexts[0], CultureInfo.InvariantCulture));
    Ours(Warmup);
    Console.WriteLine($"ours {Median(Ours(rounds * StepsPerRound)):F1} ms");
    return 0;
}

using var peer = Process.Start(new ProcessStartInfo(python, [script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
Console.WriteLine($"peer: {await peer.StandardOutput.ReadLineAsync()}");
Console.WriteLine("threads |  ours ms (min) | PyTorch ms (min) | PyTorch / ours");
foreach (var threads in threadTexts.Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
{
    set_num_threads(threads);
    var (ours, theirs) = (new List<double>(), new List<double>());
    Ours(Warmup);
    await Theirs(threads, Warmup);
    for (var round = 0; round < rounds; round++)
    {
        ours.AddRange(Ours(StepsPerRound));
        theirs.AddRange(await Theirs(threads, StepsPerRound));
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{threads,7} | {Median(ours),6:F1} ({ours.Min(),5:F1}) | {Median(theirs),8:F1} ({theirs.Min(),5:F1}) | {Median(theirs) / Median(ours):F2}"));
}

peer.StandardInput.Close();
await peer.WaitForExitAsync();
return peer.ExitCode;

List<double> Ours(int steps)
{
    var times = new List<double>();
    for (var i = 0; i < steps; i++)
    {
        var start = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        var picked = tensor(Enumerable.Range(0, 32).Select(_ => (long)sequence.NextBelow(Samples)).ToArray());
        learner.Step(++stepsDone, patches.index_select(1, picked).unsqueeze(0), labels.index_select(0, picked).unsqueeze(0));
        scope.Dispose();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return times;
}

async Task<IEnumerable<double>> Theirs(int threads, int steps)
{
    await peer.StandardInput.WriteLineAsync(FormattableString.Invariant($"{threads} {steps}"));
    await peer.StandardInput.FlushAsync();
    var line = await peer.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{script} ended early; its errors are above.");
    return line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture));
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
