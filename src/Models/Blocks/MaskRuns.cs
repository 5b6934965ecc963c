namespace ViViT.Models.Blocks;

/// <summary>Which values of a mask are needed: runs of one length, at equal distances.</summary>
/// <param name="First">Place of the first run's first value.</param>
/// <param name="Stride">From one run's beginning to the next one's.</param>
/// <param name="Whole">Values of the whole mask: what is drawn for it, needed or not.</param>
internal readonly record struct MaskRuns(int Count, long First, long Stride, int Length, long Whole)
{
    /// <summary>All values of a mask.</summary>
    public static MaskRuns All(int values) => new(1, First: 0, values, values, values);

    /// <summary>The needed values of a mask in which each sample of a batch has <paramref name="perSample"/> neighbouring values, any number of times over.</summary>
    /// <param name="values">That are needed, of one member.</param>
    public static MaskRuns Of(BatchPart part, int values, int perSample)
    {
        var length = part.Count * perSample;
        var count = values / length;
        var stride = (long)part.Whole * perSample;
        return new(count, (long)part.Start * perSample, stride, length, count * stride);
    }

    /// <summary>Whether nothing is left out.</summary>
    public bool IsWhole => Length == Whole;

    /// <summary>Place of the first value of a run.</summary>
    public long StartOf(int run) => First + (run * Stride);
}
