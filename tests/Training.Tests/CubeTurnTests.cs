using ViViT.Training.Augmentation;

namespace ViViT.Training.Tests;

public class CubeTurnTests
{
    [Fact]
    public void There_are_24_of_them_all_different_all_proper_rotations_and_the_first_changes_nothing()
    {
        var matrices = CubeTurn.All.Select(Matrix).ToList();

        Assert.Equal(24, matrices.Count);
        Assert.Equal(24, matrices.Select(m => string.Join(" ", m.Cast<int>())).Distinct().Count());
        Assert.All(matrices, m => Assert.Equal(1, Determinant(m)));
        Assert.Equal([1, 0, 0, 0, 1, 0, 0, 0, 1], matrices[0].Cast<int>());
    }

    [Fact]
    public void Mirroring_an_axis_makes_a_reflection_of_it_and_twice_makes_the_turn_again()
    {
        foreach (var turn in CubeTurn.All)
        {
            var mirrored = turn.Mirrored(false, true, false);

            Assert.Equal(-1, Determinant(Matrix(mirrored)));
            Assert.Equal(turn, mirrored.Mirrored(false, true, false));
            Assert.Equal(Enumerable.Range(0, 3).Select(c => -Matrix(turn)[1, c]), Enumerable.Range(0, 3).Select(c => Matrix(mirrored)[1, c]));
        }
    }

    // Rows: output axes; columns: source axes.
    private static int[,] Matrix(CubeTurn turn)
    {
        var matrix = new int[3, 3];
        for (var axis = 0; axis < 3; axis++)
        {
            matrix[axis, turn[axis].Source] = turn[axis].Reversed ? -1 : 1;
        }

        return matrix;
    }

    private static int Determinant(int[,] m) =>
        (m[0, 0] * ((m[1, 1] * m[2, 2]) - (m[1, 2] * m[2, 1])))
        - (m[0, 1] * ((m[1, 0] * m[2, 2]) - (m[1, 2] * m[2, 0])))
        + (m[0, 2] * ((m[1, 0] * m[2, 1]) - (m[1, 1] * m[2, 0])));
}
