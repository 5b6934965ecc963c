namespace ViViT.Training.Checkpoints;

/// <summary>A checkpoint that cannot be continued from: missing, altered, or another experiment's.</summary>
public sealed class CheckpointException(string path, string problem, Exception? cause = null)
    : Exception($"The checkpoint {path} cannot be used: {problem}. Restore its folder from a copy, or start the experiment afresh.", cause)
{
    public string Path { get; } = path;
}
