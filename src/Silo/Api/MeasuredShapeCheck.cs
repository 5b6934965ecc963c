using ViViT.Contracts.Wire;

namespace ViViT.Silo.Api;

/// <summary>Holds measured group sizes to the form that the protocol promises. Pure.</summary>
internal static class MeasuredShapeCheck
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? Problem(MeasuredShape measured)
    {
        if (!WorkersApi.IsName(measured.DeviceKind) || !WorkersApi.IsName(measured.Shape))
        {
            return $"device_kind and shape have 1 to {WorkersApi.LongestName} characters, no control characters. Give both as they were told.";
        }

        if (measured.Sizes.Count != measured.SamplesPerSecond.Count)
        {
            return $"There are {measured.Sizes.Count} sizes and {measured.SamplesPerSecond.Count} samples_per_second. Give one speed for each size.";
        }

        if (measured.Sizes is not [1, ..] || measured.Sizes.Zip(measured.Sizes.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            return $"sizes are {string.Join(", ", measured.Sizes)}. Give them rising from 1.";
        }

        if (measured.SamplesPerSecond.Any(speed => !(speed > 0 && double.IsFinite(speed))))
        {
            return $"samples_per_second are {string.Join(", ", measured.SamplesPerSecond)}. Give finite speeds above 0.";
        }

        return measured.Sizes.Contains(measured.Size) ? null : $"size {measured.Size} is none of the sizes that were measured. Give one of {string.Join(", ", measured.Sizes)}.";
    }
}
