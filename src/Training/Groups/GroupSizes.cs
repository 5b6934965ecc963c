namespace ViViT.Training.Groups;

/// <summary>How fast a shape trains in groups of several sizes on one device.</summary>
/// <param name="Best">The last size that was clearly faster than every smaller one: a larger group would only take longer to end.</param>
/// <param name="Sizes">What was tried, rising from 1.</param>
/// <param name="SamplesPerSecond">Of all members together, for each size.</param>
public sealed record GroupSizes(int Best, IReadOnlyList<int> Sizes, IReadOnlyList<double> SamplesPerSecond);
