namespace ViViT.Contracts.Search;

/// <summary>What an experiment measured at the end of an epoch.</summary>
/// <param name="Ordinal">The experiment's position in the sweep.</param>
/// <param name="Population">Whom it may be compared with: experiments of one data set. The name of the data set will do.</param>
/// <param name="Epoch">From 1.</param>
/// <param name="Value">The metric of the stopping rule's objective.</param>
public sealed record Report(int Ordinal, string Population, int Epoch, double Value);

/// <summary>A report, and what was decided on it.</summary>
/// <param name="Stop">Whether the experiment ends here.</param>
/// <param name="Reason">Why, in a sentence, with the numbers that decided.</param>
public sealed record Judgement(int Ordinal, string Population, int Epoch, double Value, bool Stop, string Reason);
