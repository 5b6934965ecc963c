using System.Globalization;
using System.Text.Json;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Search;

/// <summary>The values of one setting laid out along [0, 1).</summary>
/// <param name="path">Dotted path into the experiment.</param>
internal abstract class Dimension(string path)
{
    public string Path => path;

    /// <summary>Number of values; null when there is no end of them.</summary>
    public abstract long? Count { get; }

    /// <summary>At least so many values can be drawn.</summary>
    public virtual double Room => Count!.Value;

    /// <summary>The value at a coordinate in [0, 1).</summary>
    public abstract JsonElement Value(double at);

    /// <summary>The coordinate of the value that lies at a coordinate: the middle of all that mean the same value.</summary>
    public abstract double Snap(double at);

    /// <summary>How much of [0, 1) means the same value as a coordinate; 0 for a continuum.</summary>
    public abstract double Width(double at);

    /// <summary>The coordinate of one of the values, where there is an end of them.</summary>
    /// <param name="value">From 0, below <see cref="Count"/>.</param>
    public abstract double Nth(long value);

    public static Dimension Of(string path, DimensionSpec spec) => spec.Values is { } values ? new Choice(path, values)
        : spec.Integer || SettingPaths.IsWhole(path) == true ? new Whole(path, Math.Ceiling(spec.Min!.Value), Math.Floor(spec.Max!.Value), spec.Scale)
        : new Real(path, spec.Min!.Value, spec.Max!.Value, spec.Scale);

    private static double Position(double value, double low, double high, Scale scale) =>
        scale == Scale.Log ? (Math.Log(value) - Math.Log(low)) / (Math.Log(high) - Math.Log(low)) : (value - low) / (high - low);

    private static double At(double position, double low, double high, Scale scale) =>
        scale == Scale.Log ? Math.Exp(Math.Log(low) + (position * (Math.Log(high) - Math.Log(low)))) : low + (position * (high - low));

    /// <summary>
    /// Numbers of six digits: nobody needs more of a learning rate, and what the last bits of a logarithm are depends on the machine.
    /// </summary>
    private sealed class Real(string path, double min, double max, Scale scale) : Dimension(path)
    {
        public override long? Count => null;

        // Where the numbers are largest they lie farthest apart.
        public override double Room => (max - min) / Math.Pow(10, Math.Floor(Math.Log10(Math.Max(Math.Abs(min), Math.Abs(max)))) - 5);

        public override JsonElement Value(double at) => JsonSerializer.SerializeToElement(Number(at));

        public override double Snap(double at) => Math.Clamp(Position(Number(at), min, max, scale), 0, Math.BitDecrement(1.0));

        public override double Width(double at) => 0;

        public override double Nth(long value) => throw new NotSupportedException("A range of real numbers has no n-th one.");

        private double Number(double at) =>
            Math.Clamp(double.Parse(At(at, min, max, scale).ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), min, max);
    }

    /// <summary>Whole numbers, each with the stretch that is half a number to both of its sides.</summary>
    private sealed class Whole(string path, double min, double max, Scale scale) : Dimension(path)
    {
        private readonly double low = min - 0.5;
        private readonly double high = max + 0.5;

        public override long? Count => (long)(max - min) + 1;

        public override JsonElement Value(double at) => JsonSerializer.SerializeToElement((long)Number(at));

        public override double Snap(double at) => Nth((long)(Number(at) - min));

        public override double Width(double at) => Edge(Number(at), 0.5) - Edge(Number(at), -0.5);

        public override double Nth(long value) => (Edge(min + value, -0.5) + Edge(min + value, 0.5)) / 2;

        private double Edge(double number, double side) => Position(number + side, low, high, scale);

        private double Number(double at) => Math.Clamp(Math.Floor(At(at, low, high, scale) + 0.5), min, max);
    }

    /// <summary>Entries of a list, equally wide.</summary>
    internal sealed class Choice(string path, IReadOnlyList<JsonElement> values) : Dimension(path)
    {
        public override long? Count => values.Count;

        public override JsonElement Value(double at) => values[Index(at)];

        public override double Snap(double at) => Nth(Index(at));

        public override double Width(double at) => 1.0 / values.Count;

        public override double Nth(long value) => (value + 0.5) / values.Count;

        public int Index(double at) => Math.Clamp((int)(at * values.Count), 0, values.Count - 1);
    }
}
