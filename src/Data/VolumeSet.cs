using ViViT.Contracts.DataSets;

namespace ViViT.Data;

/// <summary>A data set in memory.</summary>
public sealed record VolumeSet
{
    public required DataSetInfo Info { get; init; }

    public required VolumeSplit Train { get; init; }

    public required VolumeSplit Validation { get; init; }

    public required VolumeSplit Test { get; init; }
}

/// <summary>Volumes and their labels.</summary>
/// <param name="Voxels">Intensities in C order: sample, time (depth), height, width.</param>
/// <param name="Labels">One class index for each sample.</param>
public sealed record VolumeSplit(byte[] Voxels, byte[] Labels)
{
    public int Count => Labels.Length;
}
