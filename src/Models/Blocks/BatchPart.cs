namespace ViViT.Models.Blocks;

/// <summary>The samples <paramref name="Start"/> … <paramref name="Start"/> + <paramref name="Count"/> - 1 of a batch of <paramref name="Whole"/> that is computed piece by piece.</summary>
public readonly record struct BatchPart(int Start, int Count, int Whole);
