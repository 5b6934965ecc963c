namespace ViViT.Contracts.Search;

/// <summary>How an experiment of a search ended. Results are listed in the order in which the ends were stored.</summary>
/// <param name="Ordinal">The experiment's position in the sweep.</param>
/// <param name="Value">Its best value of the search's objective; null when it ended without one (failed, diverged, cancelled), which is worse than any.</param>
public sealed record SearchResult(int Ordinal, double? Value);
