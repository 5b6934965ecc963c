using ViViT.Contracts.DataSets;
using ViViT.Contracts.Specs;

namespace ViViT.Cli.Plans;

/// <summary>Experiments of equal shape, data and length: those that can train as one stacked model.</summary>
/// <param name="Tokens">Tokens a volume becomes.</param>
/// <param name="Notes">What the settings mean on volumes of this size, in words.</param>
/// <param name="Steps">Optimiser steps of each member; fewer where its patience ends it.</param>
/// <param name="Stacks">Sizes of the stacked models that the sweep's setting makes of it; null for auto, which the worker finds by measurement.</param>
internal sealed record PlannedGroup(
    string Key, string Data, bool Synthetic, Tokenizer Tokenizer, EncoderKind Encoder, int Tokens, IReadOnlyList<string> Notes, int Epochs, long Steps,
    IReadOnlyList<int>? Stacks, MemoryEstimate Memory, IReadOnlyList<Cell> Cells)
{
    /// <param name="cells">At least one, all of the same group key.</param>
    public static PlannedGroup Of(IReadOnlyList<Cell> cells, GroupSetting setting)
    {
        var spec = cells[0].Spec;
        var info = DataSetCatalogue.Find(spec.Data.Name)!;
        var geometry = new PatchGeometry(spec.Model, info.Size);
        var steps = (long)spec.Training.Epochs * ((Samples(spec, info.Splits.Train) + spec.Training.BatchSize - 1) / spec.Training.BatchSize);
        string[] notes =
        [
            .. GeometryNotes.Of(spec.Model, geometry),
            .. ModelNotes.Of(spec.Model, geometry),
            .. cells.SelectMany(cell => TrainingNotes.Of(cell.Spec.Training, info)).Distinct(),
        ];
        return new(
            cells[0].GroupKey, info.Name, info.IsSynthetic, spec.Model.Tokenizer, spec.Model.Encoder, geometry.Tokens, notes, spec.Training.Epochs, steps,
            setting.Size is { } most ? [.. cells.Chunk(most).Select(stack => stack.Length)] : null, MemoryEstimate.Of(spec, info, geometry), cells);
    }

    /// <summary>How its members train, in words.</summary>
    public string Together => (Cells.Count, Stacks) switch
    {
        (1, _) => "trains alone",
        (_, null) => $"up to {Cells.Count} train as one, as many as pays: found by measurement on the worker",
        (_, { } stacks) when stacks[0] == 1 => "each trains alone",
        (_, [_]) => "all train as one",
        (_, { } stacks) => $"train as one in {stacks.Count} parts: {string.Join(" + ", stacks)}",
    };

    /// <summary>Samples of a split that the experiment uses.</summary>
    public static int Samples(ExperimentSpec spec, int split) => Math.Min(spec.Data.Limit ?? int.MaxValue, split);
}
