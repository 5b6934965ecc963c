using System.CommandLine;
using ViViT.Cli.Output;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.DataSets;
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
            var groups = SweepExpansion.Expand(spec).GroupBy(cell => cell.GroupKey).Select(Group).ToArray();
            if (parsed.GetValue(output) == "json") Terminal.Json(new { sweep = spec, groups });
            else Write(spec, groups);
            return ExitCodes.Done;
        });
        return command;
    }

    private static PlannedGroup Group(IGrouping<string, Cell> cells)
    {
        var spec = cells.First().Spec;
        var info = DataSetCatalogue.Find(spec.Data.Name)!;
        var training = Math.Min(spec.Data.Limit ?? int.MaxValue, info.Splits.Train);
        var steps = (long)spec.Training.Epochs * ((training + spec.Training.BatchSize - 1) / spec.Training.BatchSize);
        return new(cells.Key, info.Name, info.IsSynthetic, spec.Model.Tokenizer, Tokens(spec.Model.Patch, info.Size), Dropped(spec.Model, info.Size), spec.Training.Epochs, steps, [.. cells]);
    }

    private static int Tokens(Patch patch, int size) => size / patch.T * (size / patch.H) * (size / patch.W);

    // What no token sees.
    private static string[] Dropped(ModelSpec model, int size)
    {
        var (t, h, w) = model.Patch;
        (string Axis, int Patch)[] axes = model.Tokenizer == Tokenizer.Tubelet ? [("time", t), ("height", h), ("width", w)] : [("height", h), ("width", w)];
        var lost = axes.Where(axis => size % axis.Patch != 0).GroupBy(axis => size - (size % axis.Patch), axis => axis.Axis)
            .Select(alike => $"voxels {alike.Key}..{size - 1} of {(alike.Count() == 3 ? "each axis" : string.Join(" and ", alike))} are dropped");
        return model.Tokenizer == Tokenizer.Tubelet ? [.. lost] : [.. lost, $"{size / t} of {size} frames are seen"];
    }

    private static void Write(SweepSpec spec, PlannedGroup[] groups)
    {
        var cells = groups.Sum(group => group.Cells.Count);
        Terminal.Line($"{spec.Name}: {cells} experiments in {groups.Length} groups of equal shape, pool {spec.Pool}{(spec.Description is { } question ? $" — {question}" : "")}");
        foreach (var (group, number) in groups.Select((group, index) => (group, index + 1)))
        {
            Terminal.Line("");
            Terminal.Line($"group {number}: {TextOf.Data(group.Data)}, {TextOf.State(group.Tokenizer)}, {group.Tokens} tokens, {group.Epochs} epochs = {group.Steps} steps each");
            if (group.Notes.Count > 0) Terminal.Line($"  {string.Join("; ", group.Notes)}");
            var axes = group.Cells[0].Axes.Keys.ToArray();
            var table = Terminal.Table(["cell", .. axes.Select(TextOf.Axis)]);
            foreach (var cell in group.Cells) table.Row([$"{cell.Ordinal}", .. axes.Select(axis => cell.Axes[axis])]);
            Terminal.Write(table);
        }

        Terminal.Line("");
        Terminal.Line($"{groups.Sum(group => group.Steps * group.Cells.Count):N0} steps in all. A CPU worker trains one experiment a core; the members of a group could train as one stacked model.");
        var data = new DataSets(DataFolder.Default());
        foreach (var absent in groups.Select(group => group.Data).Distinct().Select(data.Locate).Where(location => !location.Present))
        {
            Terminal.Line($"{absent.Info.Name} is not on this machine: workers fetch it, or put it here: {absent.Path}");
        }
    }
}

/// <summary>Experiments that could train as one.</summary>
/// <param name="Tokens">Tokens a volume becomes.</param>
/// <param name="Notes">What the tokenizer does not see.</param>
/// <param name="Steps">Optimiser steps of each member.</param>
internal sealed record PlannedGroup(
    string Key, string Data, bool Synthetic, Tokenizer Tokenizer, int Tokens, IReadOnlyList<string> Notes, int Epochs, long Steps, IReadOnlyList<Cell> Cells);
