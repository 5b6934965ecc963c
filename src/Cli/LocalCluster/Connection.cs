namespace ViViT.Cli.LocalCluster;

/// <summary>Where the control plane listens and the bearer token that opens it.</summary>
/// <param name="Authority">PEM file of the authority that signed its certificate; null: one of the system's.</param>
internal sealed record Connection(Uri Server, string Token, string? Authority = null);
