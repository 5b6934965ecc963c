namespace ViViT.Models.Weights;

/// <summary>A safetensors file that is malformed, or holds something else than was asked for.</summary>
public sealed class SafetensorsException(string problem, Exception? cause = null) : Exception($"Not a usable safetensors file: {problem}.", cause);
