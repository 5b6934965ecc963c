namespace ViViT.Training.Augmentation;

/// <summary>
/// A signed permutation of a cube's three axes: where each output axis reads from. The output voxel o shows the source voxel s with
/// s[Source(a)] = o[a], or size - 1 - o[a] where the axis is reversed: whole voxels go to whole voxels, about the centre of the cube.
/// </summary>
internal readonly record struct CubeTurn(int Source0, int Source1, int Source2, bool Reversed0, bool Reversed1, bool Reversed2)
{
    /// <summary>The 24 rotations of the cube, the one that changes nothing first: those of the 48 signed permutations with determinant 1.</summary>
    public static IReadOnlyList<CubeTurn> All { get; } = [.. Signed().Where(turn => turn.Determinant > 0)];

    /// <summary>1 for a rotation, -1 for one and a reflection.</summary>
    public int Determinant
    {
        get
        {
            var swaps = (Source0 > Source1 ? 1 : 0) + (Source0 > Source2 ? 1 : 0) + (Source1 > Source2 ? 1 : 0);
            var reversals = (Reversed0 ? 1 : 0) + (Reversed1 ? 1 : 0) + (Reversed2 ? 1 : 0);
            return (swaps + reversals) % 2 == 0 ? 1 : -1;
        }
    }

    /// <summary>This change, then the output axes mirrored.</summary>
    public CubeTurn Mirrored(bool axis0, bool axis1, bool axis2) =>
        this with { Reversed0 = Reversed0 ^ axis0, Reversed1 = Reversed1 ^ axis1, Reversed2 = Reversed2 ^ axis2 };

    /// <summary>The source axis that output axis <paramref name="axis"/> (0 to 2) reads along, and whether backwards.</summary>
    public (int Source, bool Reversed) this[int axis] => axis switch
    {
        0 => (Source0, Reversed0),
        1 => (Source1, Reversed1),
        _ => (Source2, Reversed2),
    };

    private static IEnumerable<CubeTurn> Signed() =>
        from order in (int[][])[[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        from signs in Enumerable.Range(0, 8)
        select new CubeTurn(order[0], order[1], order[2], (signs & 4) != 0, (signs & 2) != 0, (signs & 1) != 0);
}
