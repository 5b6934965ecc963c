namespace ViViT.Cli.LocalCluster;

/// <summary>Where the control plane listens and the bearer token that opens it.</summary>
internal sealed record Connection(Uri Server, string Token);
