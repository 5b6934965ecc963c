namespace ViViT.Storage;

/// <summary>The names of metrics have got out of hand: saying it again will not help.</summary>
public sealed class TooManyMetricNamesException(string refused, int most)
    : Exception($"There are {most:N0} distinct names of metrics already; '{refused}' would be one more. Names are constant texts: take the varying part out.");
