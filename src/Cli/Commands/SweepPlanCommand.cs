using System.CommandLine;
using System.Globalization;
using ViViT.Cli.Output;
using ViViT.Cli.Plans;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;
using ViViT.Data;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit sweep plan FILE</c>: what would run, without running anything or asking any server.</summary>
internal static class SweepPlanCommand
{
    public static Command Create()
    {
        var (file, output) = (Shared.File(), Shared.Output());
        var command = new Command("plan", "Show a sweep's cells and groups without running anything") { file, output };
        command.SetAction(parsed =>
        {
            var spec = SweepFileReader.Read(parsed.GetRequiredValue(file).ToString());
            var experiments = SearchPlan.Total(spec);
            var groups = SearchPlan.Next(spec, 0, []).GroupBy(cell => cell.GroupKey).Select(cells => PlannedGroup.Of([.. cells], spec.Group)).ToArray();
            var stopping = spec.Stopping is { } rule ? PlannedStopping.Of(rule, groups.Max(group => group.Epochs), experiments) : null;
            if (parsed.GetValue(output) == "json") Terminal.Json(new { sweep = spec, experiments, stopping, groups });
            else Write(spec, experiments, stopping, groups);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Write(SweepSpec spec, int experiments, IReadOnlyList<PlannedStopping>? stopping, PlannedGroup[] groups)
    {
        var known = groups.Sum(group => group.Cells.Count);
        var grouped = $"in {groups.Length} groups of equal shape (group: {spec.Group})";
        var chosen = known == experiments ? grouped : $"chosen as results come, the first {known} {grouped}";
        Terminal.Line($"{spec.Name}: {experiments} experiments {chosen}, pool {spec.Pool}{(spec.Description is { } question ? $" — {question}" : "")}");
        foreach (var line in spec.Search is { } search ? PlannedSearch.Of(search, spec.Seeds) : []) Terminal.Line(line);
        foreach (var line in stopping is not null ? PlannedStopping.Words(spec.Stopping!, stopping) : []) Terminal.Line(line);
        foreach (var (group, number) in groups.Select((group, index) => (group, index + 1)))
        {
            Terminal.Line("");
            Terminal.Line($"group {number}: {TextOf.Data(group.Data)}, {TextOf.State(group.Tokenizer)}, {TextOf.State(group.Encoder)}, {group.Tokens} token{(group.Tokens == 1 ? "" : "s")}, {group.Epochs} epochs = {group.Steps} steps each; {group.Together}");
            foreach (var note in group.Notes) Terminal.Line($"  {note}");
            Terminal.Line($"  {Memory(group.Memory)}");
            var axes = group.Cells.SelectMany(cell => cell.Axes.Keys).Distinct().ToArray();
            var table = Terminal.Table(["cell", .. axes.Select(TextOf.Axis)]);
            foreach (var cell in group.Cells) table.Row([$"{cell.Ordinal}", .. axes.Select(axis => cell.Axes.GetValueOrDefault(axis, ""))]);
            Terminal.Write(table);
        }

        Terminal.Line("");
        // Of points still to be chosen, as many steps as of those that are known.
        var steps = groups.Sum(group => group.Steps * group.Cells.Count) * experiments / known;
        var (about, most) = (groups.DistinctBy(group => group.Steps).Count() > 1 && known < experiments ? "About " : "", stopping is null ? "" : " when none is stopped");
        Terminal.Line(string.Create(CultureInfo.InvariantCulture, $"{about}{steps:N0} steps in all{most}."));
        var data = new DataSets(DataFolder.Default());
        foreach (var absent in groups.Select(group => group.Data).Distinct().Select(data.Locate).Where(location => !location.Present))
        {
            Terminal.Line($"{absent.Info.Name} is not on this machine: workers fetch it, or put it here: {absent.Path}");
        }
    }

    private static string Memory(MemoryEstimate memory) => string.Create(
        CultureInfo.InvariantCulture,
        $"memory, about: data {TextOf.Bytes(memory.Volumes)}, on the device {TextOf.Bytes(memory.OnDevice)}; each member {memory.Parameters / 1e6:0.00} M parameters, {TextOf.Bytes(memory.State)} with gradients and optimiser, {TextOf.Bytes(memory.Activations)} of activations");
}
