using System.Text;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>The files that come with the project.</summary>
public sealed class ReadySweepsTests
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Repository.Folder("sweeps"), "*.yaml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_one_is_sound_and_says_its_question(string name)
    {
        var sweep = Read(name);

        Assert.Equal(Path.GetFileNameWithoutExtension(name), sweep.Name);
        Assert.EndsWith("?", sweep.Description, StringComparison.Ordinal);
        Assert.NotEmpty(SweepExpansion.Expand(sweep));
    }

    [Theory]
    [InlineData("tokenizers.yaml", 36, 12)]
    [InlineData("tokenizers-real.yaml", 4, 4)]
    [InlineData("quickstart.yaml", 6, 2)]
    public void The_study_and_its_short_forms_are_as_large_as_they_say(string name, int cells, int groups)
    {
        var expanded = SweepExpansion.Expand(Read(name)).ToArray();

        Assert.Equal((cells, groups), (expanded.Length, expanded.DistinctBy(cell => cell.GroupKey).Count()));
    }

    [Fact]
    public void A_damaged_file_is_read_or_refused_and_never_breaks_the_reader()
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Folder("sweeps"), "quickstart.yaml"));
        var random = new Random(20260101);
        var (read, refused) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            var text = Encoding.UTF8.GetString(Damage(bytes, random));
            try
            {
                Assert.Empty(SweepValidation.Check(SweepFile.Read(text)));
                read++;
            }
            catch (UnsoundSweepException told)
            {
                Assert.Matches(@"\A([0-9]+:[0-9]+: .+(\n|\z))+\z", told.Message);
                refused++;
            }
            catch (Exception broken) when (broken is not CommandException)
            {
                Assert.Fail($"round {round}: {broken}\n{text}");
            }
        }

        Assert.True(read > 100 && refused > 1000, $"{read} read, {refused} refused: the damage is no test");
    }

    private static SweepSpec Read(string name) => SweepFileReader.Read(Path.Combine(Repository.Folder("sweeps"), name));

    // A few bytes changed, put in, taken out, or a stretch said twice.
    private static byte[] Damage(byte[] whole, Random random)
    {
        const string Meaningful = "[]{}:,-?&*!|>'\"%@`# \n\t.~0e";
        var bytes = whole.ToList();
        for (var edits = random.Next(1, 6); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var value = random.Next(3) > 0 ? (byte)Meaningful[random.Next(Meaningful.Length)] : (byte)random.Next(256);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = value;
                    break;
                case 1:
                    bytes.Insert(at, value);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0) break;
        }

        return [.. bytes];
    }
}
