using System.Globalization;

namespace ViViT.Worker;

/// <summary>One GPU at one moment, as <c>nvidia-smi</c> tells; null is what it does not (it writes <c>[N/A]</c>).</summary>
/// <param name="Index">As the tool counts.</param>
/// <param name="MemoryUsed">Bytes.</param>
/// <param name="MemoryTotal">Bytes.</param>
/// <param name="Utilization">From 0 to 1.</param>
internal sealed record GpuReading(int Index, double? MemoryUsed, double? MemoryTotal, double? Utilization, double? Watts)
{
    /// <summary>What to ask for, in the order in which <see cref="Parse"/> reads it.</summary>
    public const string Fields = "index,memory.used,memory.total,utilization.gpu,power.draw";

    /// <returns>Null when the line is no answer to <see cref="Fields"/>.</returns>
    public static GpuReading? Parse(string line) =>
        line.Split(',', StringSplitOptions.TrimEntries) is [var index, var used, var total, var busy, var watts]
        && int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new(number, Number(used) * (1 << 20), Number(total) * (1 << 20), Number(busy) / 100, Number(watts))
            : null;

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
}
