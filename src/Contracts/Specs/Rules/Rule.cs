namespace ViViT.Contracts.Specs.Rules;

/// <summary>The rules that many settings share: each gives no problem or one, with its remedy.</summary>
internal static class Rule
{
    public static IEnumerable<SpecProblem> Positive(string path, int value) =>
        Unless(value >= 1, path, $"{value} is not above 0", "Give a whole number from 1.");

    public static IEnumerable<SpecProblem> Above0(string path, double value, string what, string example) =>
        Unless(value > 0 && double.IsFinite(value), path, $"{value} is no {what}", $"Give a number above 0, e.g. {example}.");

    public static IEnumerable<SpecProblem> NotBelow0(string path, double value, string what, string example) =>
        Unless(value >= 0 && double.IsFinite(value), path, $"{value} is no {what}", $"Give 0 or a number above it, e.g. {example}.");

    /// <summary>At least 0 and less than 1.</summary>
    public static IEnumerable<SpecProblem> Below1(string path, double value, string what) =>
        Unless(value is >= 0 and < 1, path, $"{value} is no {what}", "Give at least 0 and less than 1.");

    public static IEnumerable<SpecProblem> Probability(string path, double value) =>
        Unless(value is >= 0 and <= 1, path, $"{value} is no probability", "Give 0 to 1.");

    public static IEnumerable<SpecProblem> Unless(bool holds, string path, string problem, string remedy) =>
        holds ? [] : [new SpecProblem(path, problem, remedy)];
}
