namespace ViViT.Contracts.Access;

/// <summary>What the holder of a token may do.</summary>
public enum Role
{
    /// <summary>Reads everything that is shown.</summary>
    Viewer,

    /// <summary>Reads, submits sweeps and steers them and their experiments.</summary>
    Submitter,

    /// <summary>Takes work of one pool and reports on what it took; nothing else.</summary>
    Worker,

    /// <summary>Everything, workers and tokens included.</summary>
    Admin,
}
