using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>The files that come with the project.</summary>
public sealed partial class ReadySweepsTests
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Repository.Folder("sweeps"), "*.yaml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_one_is_sound_and_says_its_question(string name)
    {
        var sweep = Read(name);

        Assert.Equal(Path.GetFileNameWithoutExtension(name), sweep.Name);
        Assert.EndsWith("?", sweep.Description, StringComparison.Ordinal);
        Assert.NotEmpty(SearchPlan.Next(sweep, 0, []));
    }

    [Theory]
    [InlineData("tokenizers.yaml", 36, 12)]
    [InlineData("tokenizers-real.yaml", 4, 4)]
    [InlineData("quickstart.yaml", 6, 2)]
    [InlineData("token-learner.yaml", 24, 24)]
    [InlineData("encoders.yaml", 24, 8)]
    public void The_studies_and_their_short_forms_are_as_large_as_they_say(string name, int cells, int groups)
    {
        var expanded = SweepExpansion.Expand(Read(name)).ToArray();

        Assert.Equal((cells, groups), (expanded.Length, expanded.DistinctBy(cell => cell.GroupKey).Count()));
    }

    [Fact]
    public void The_search_tries_24_recipes_of_a_real_set_and_stops_most_of_them()
    {
        var sweep = Read("search.yaml");

        Assert.Equal((24, 4, "adrenalmnist3d"), (SearchPlan.Total(sweep), SearchPlan.Next(sweep, 0, []).Count, sweep.Experiment.Data.Name));
        Assert.Equal((SearchMethod.Tpe, StoppingRule.Asha), (sweep.Search!.Method, sweep.Stopping!.Rule));
        Assert.Equal(sweep.Search.Objective, sweep.Stopping.Objective);
        Assert.Equal([2, 6], StoppingRules.Milestones(sweep.Stopping, 0, sweep.Experiment.Training.Epochs));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_one_plans_cleanly_at_28_voxels_and_at_64_by_the_names_of_its_data_alone(string name)
    {
        using var vivit = new Vivit();
        var small = await File.ReadAllTextAsync(Path.Combine(Repository.Folder("sweeps"), name), TestContext.Current.CancellationToken);
        var large = DataName().Replace(small, "$0_64");

        foreach (var (text, size) in ((string, int)[])[(small, 28), (large, 64)])
        {
            var plan = await vivit.Run("sweep", "plan", vivit.Write(name, text), "-o", "json");
            Assert.Equal((0, ""), (plan.ExitCode, plan.Errors));
            using var document = JsonDocument.Parse(plan.Output);
            var groups = document.RootElement.GetProperty("groups").EnumerateArray().ToArray();
            Assert.Equal(SearchPlan.Next(SweepFile.Read(text), 0, []).Count, groups.Sum(group => group.GetProperty("cells").GetArrayLength()));
            Assert.All(groups, group => Assert.Equal(size, DataSetCatalogue.Find(group.GetProperty("data").GetString()!)!.Size));
        }
    }

    [Fact]
    public void The_TokenLearner_study_trains_with_and_without_at_both_patches_by_the_published_recipe()
    {
        var cells = SweepExpansion.Expand(Read("token-learner.yaml")).Select(cell => cell.Spec).ToArray();

        Assert.Equal(6, cells.DistinctBy(cell => cell.Data.Name).Count());
        Assert.Equal(
            [(8, TokenLearnerForm.None), (8, TokenLearnerForm.V11), (16, TokenLearnerForm.None), (16, TokenLearnerForm.V11)],
            cells.Where(cell => cell.Data.Name == "adrenalmnist3d").Select(cell => (cell.Model.Patch.T, cell.Model.TokenLearner.Form)));
        Assert.All(cells, cell => Assert.Equal((Optimiser.AdamW, ScheduleKind.Plateau, 60, 32), (cell.Training.Optimiser, cell.Training.Schedule.Kind, cell.Training.Epochs, cell.Training.BatchSize)));
    }

    [Theory]
    [InlineData("quickstart.yaml")]
    [InlineData("search.yaml")]
    public void A_damaged_file_is_read_or_refused_and_never_breaks_the_reader(string name)
    {
        var bytes = File.ReadAllBytes(Path.Combine(Repository.Folder("sweeps"), name));
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

    [GeneratedRegex(@"\b([a-z]+mnist3d|shapes3d)\b(?=[^#\n]*[\]}])")]
    private static partial Regex DataName();

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
