namespace ViViT.Contracts.Search;

/// <summary>
/// Initial direction numbers of Joe and Kuo, "Constructing Sobol sequences with better two-dimensional projections", SIAM Journal on
/// Scientific Computing 30 (2008), file new-joe-kuo-6 (BSD licence; copyright 2008 Stephen Joe and Frances Y. Kuo).
/// </summary>
internal static class SobolDirections
{
    public const int Bits = 32;

    // For each dimension from the second on: the coefficients of the primitive polynomial between its first and last, and m_1 to m_s.
    private static readonly (uint Polynomial, uint[] Initial)[] Table =
    [
        (0, [1]), (1, [1, 3]), (1, [1, 3, 1]), (2, [1, 1, 1]), (1, [1, 1, 3, 3]), (4, [1, 3, 5, 13]),
        (2, [1, 1, 5, 5, 17]), (4, [1, 1, 5, 5, 5]), (7, [1, 1, 7, 11, 19]), (11, [1, 1, 5, 1, 1]), (13, [1, 1, 1, 3, 11]), (14, [1, 3, 5, 5, 31]),
        (1, [1, 3, 3, 9, 7, 49]), (13, [1, 1, 1, 15, 21, 21]), (16, [1, 3, 1, 13, 27, 49]), (19, [1, 1, 1, 15, 7, 5]), (22, [1, 3, 1, 15, 13, 25]), (25, [1, 1, 5, 5, 19, 61]),
        (1, [1, 3, 7, 11, 23, 15, 103]), (4, [1, 3, 7, 13, 13, 15, 69]), (7, [1, 1, 3, 13, 7, 35, 63]), (8, [1, 3, 5, 9, 1, 25, 53]), (14, [1, 3, 1, 13, 9, 35, 107]),
        (19, [1, 3, 1, 5, 27, 61, 31]), (21, [1, 1, 5, 11, 19, 41, 61]), (28, [1, 3, 5, 3, 3, 13, 69]), (31, [1, 1, 7, 13, 1, 19, 1]), (32, [1, 3, 7, 5, 13, 19, 59]),
        (37, [1, 1, 3, 9, 25, 29, 41]), (41, [1, 3, 5, 13, 23, 1, 55]), (42, [1, 3, 7, 3, 13, 59, 17]), (50, [1, 3, 1, 3, 5, 53, 69]), (55, [1, 1, 5, 5, 23, 33, 13]),
        (56, [1, 1, 7, 7, 1, 61, 123]), (59, [1, 1, 7, 9, 13, 61, 49]), (62, [1, 3, 3, 5, 3, 55, 33]),
        (14, [1, 3, 1, 15, 31, 13, 49, 245]), (21, [1, 3, 5, 15, 31, 59, 63, 97]), (22, [1, 3, 1, 11, 11, 11, 77, 249]), (38, [1, 3, 1, 11, 27, 43, 71, 9]),
        (47, [1, 1, 7, 15, 21, 11, 81, 45]), (49, [1, 3, 7, 3, 25, 31, 65, 79]), (50, [1, 3, 1, 1, 19, 11, 3, 205]), (52, [1, 1, 5, 9, 19, 21, 29, 157]),
        (56, [1, 3, 7, 11, 1, 33, 89, 185]), (67, [1, 3, 3, 3, 15, 9, 79, 71]), (70, [1, 3, 7, 11, 15, 39, 119, 27]), (84, [1, 1, 3, 1, 11, 31, 97, 225]),
        (97, [1, 1, 1, 3, 23, 43, 57, 177]), (103, [1, 3, 7, 7, 17, 17, 37, 71]), (115, [1, 3, 1, 5, 27, 63, 123, 213]), (122, [1, 1, 3, 5, 11, 43, 53, 133]),
    ];

    private static readonly Lazy<uint[][]> Columns = new(() => [First(), .. Table.Select(row => Later(row.Polynomial, row.Initial))]);

    public static int Dimensions => Table.Length + 1;

    /// <summary>The direction numbers of a dimension, counted from 0, as binary fractions of 32 digits.</summary>
    public static uint[] Of(int dimension) => Columns.Value[dimension];

    private static uint[] First() => [.. Enumerable.Range(0, Bits).Select(digit => 1u << (Bits - 1 - digit))];

    // The recurrence of section 2 of the paper.
    private static uint[] Later(uint polynomial, uint[] initial)
    {
        var degree = initial.Length;
        var numbers = new uint[Bits];
        for (var digit = 0; digit < Bits; digit++)
        {
            if (digit < degree)
            {
                numbers[digit] = initial[digit] << (Bits - 1 - digit);
                continue;
            }

            var number = numbers[digit - degree] ^ (numbers[digit - degree] >> degree);
            for (var k = 1; k < degree; k++)
            {
                if (((polynomial >> (degree - 1 - k)) & 1) == 1) number ^= numbers[digit - k];
            }

            numbers[digit] = number;
        }

        return numbers;
    }
}
