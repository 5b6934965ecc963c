namespace ViViT.Data.Synthetic;

/// <summary>A rotation of space as a unit quaternion w + xi + yj + zk.</summary>
internal readonly record struct Rotation(double W, double X, double Y, double Z)
{
    // Tangent of half the largest angle about each axis.
    private const double Most = 0.27;

    /// <summary>A turn about a random axis by at most about 50 degrees.</summary>
    public static Rotation Draw(ref SplitMix64 random)
    {
        var (x, y, z) = (random.Uniform(-Most, Most), random.Uniform(-Most, Most), random.Uniform(-Most, Most));
        var length = Math.Sqrt(1 + (x * x) + (y * y) + (z * z));
        return new(1 / length, x / length, y / length, z / length);
    }

    public (double X, double Y, double Z) Apply(double x, double y, double z) => (
        ((1 - (2 * ((Y * Y) + (Z * Z)))) * x) + (2 * ((X * Y) - (W * Z)) * y) + (2 * ((X * Z) + (W * Y)) * z),
        (2 * ((X * Y) + (W * Z)) * x) + ((1 - (2 * ((X * X) + (Z * Z)))) * y) + (2 * ((Y * Z) - (W * X)) * z),
        (2 * ((X * Z) - (W * Y)) * x) + (2 * ((Y * Z) + (W * X)) * y) + ((1 - (2 * ((X * X) + (Y * Y)))) * z));
}
