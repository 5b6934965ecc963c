using ViViT.Models.Weights;

namespace ViViT.Models.Tests;

/// <summary>Weights and volumes by the formulas of Reference/make_reference.py.</summary>
internal static class FormulaModel
{
    public const int Size = 12;
    public const int Batch = 4;
    public const int Classes = 5;

    public static readonly long[] Labels = [0, 3, 1, 4];

    public static void Fill(FlatParameters parameters, int member)
    {
        var values = new float[parameters.Layout.Count];
        foreach (var slot in parameters.Layout.Slots)
        {
            var centre = slot.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1.0 : 0.0;
            for (var j = 0; j < slot.Count; j++)
            {
                values[slot.Offset + j] = (float)(centre + (0.3 * Math.Sin((12.9898 * (j + 1)) + (78.233 * (slot.Index + 1)))));
            }
        }

        parameters.Write(member, values);
    }

    /// <summary>[Batch, Size, Size, Size] in C order.</summary>
    public static byte[] Volumes()
    {
        var volumes = new byte[Batch * Size * Size * Size];
        for (var i = 0; i < volumes.Length; i++)
        {
            var (s, t, h, w) = (i / (Size * Size * Size), i / (Size * Size) % Size, i / Size % Size, i % Size);
            volumes[i] = (byte)((31 * s) + (7 * t * t) + (5 * h * w) + (11 * w) + (3 * s * t));
        }

        return volumes;
    }
}
