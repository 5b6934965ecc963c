using System.Diagnostics;
using System.Text;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Specs;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>A sweep file may hold anything: it becomes a sound sweep, or its reader learns what is wrong and where.</summary>
public sealed class SweepFileFuzzTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"vivit-fuzz-{Guid.NewGuid():n}.yaml");

    public static TheoryData<string> ReadySweeps => [.. Directory.GetFiles(Repository.Folder("sweeps"), "*.yaml").Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    public void Dispose() => File.Delete(path);

    [Theory]
    [MemberData(nameof(ReadySweeps))]
    public void A_damaged_sweep_is_read_or_refused_with_the_place(string name)
    {
        var sound = File.ReadAllText(Path.Combine(Repository.Folder("sweeps"), name));

        Fuzz.Run(400, mutator => mutator.Text(sound), Reads).HasAtLeast(accepted: 10, refused: 100);
    }

    [Fact]
    public void A_sweep_of_every_setting_is_read_or_refused_with_the_place()
    {
        const string Sound = """
            name: a-study
            description: "Does it read?"
            pool: lab
            max_attempts: 3
            group: 6
            experiment:
              data: {name: shapes3d, limit: 64}
              model:
                patch: [2, 8, 8]
                stride: [4, 8, 8]
                fit: pad
                encoder: spatio_temporal
                token_learner: {form: v1.1, tokens: 4, after_layer: 3, fuser: true}
              training:
                learning_rate: 1e-3
                schedule: {kind: plateau, warmup_epochs: 2.5}
                weight_average: null
              seed: 7
            grid:
              training.learning_rate: [1e-3, 3e-4]
              model.patch: [8, [2, 8, 8]]
              training.weight_average: [null, 0.99]
            """;

        Fuzz.Run(1500, mutator => mutator.Text(Sound), Reads).HasAtLeast(accepted: 30, refused: 400);
    }

    [Theory]
    [InlineData("a key", "name: a\n{0}: 1\n")]
    [InlineData("a name", "name: {0}\n")]
    [InlineData("an axis", "name: a\nexperiment: {{data: {{name: shapes3d}}}}\ngrid: {{{0}: [1]}}\n")]
    [InlineData("a value", "name: a\nexperiment: {{data: {{name: shapes3d}}, training: {{optimiser: {0}}}}}\n")]
    public void A_word_of_half_a_megabyte_is_refused_at_once_and_not_said_again(string what, string form)
    {
        var clock = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.False(Reads(Encoding.UTF8.GetBytes(string.Format(null, form, new string('x', 512 << 10)))), what);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    private bool Reads(byte[] file)
    {
        File.WriteAllBytes(path, file);
        try
        {
            var sweep = SweepFileReader.Read(path);
            Assert.Empty(SweepValidation.Check(sweep));
            return true;
        }
        catch (SweepFileException wrong)
        {
            Assert.StartsWith($"{path}:", wrong.Message, StringComparison.Ordinal);
            Assert.All(wrong.Message[(path.Length + 1)..].Split($"\n{path}:"), problem =>
            {
                Assert.Matches(@"\A[0-9]+:[0-9]+: .+", problem);
                Fuzz.Refused(problem);
            });
            return false;
        }
    }
}
