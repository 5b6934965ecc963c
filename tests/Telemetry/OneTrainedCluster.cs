namespace ViViT.Telemetry.Tests;

/// <summary>Tests that look at the one trained cluster, one after the other.</summary>
[CollectionDefinition(nameof(TrainedCluster))]
public sealed class OneTrainedCluster : ICollectionFixture<TrainedCluster>;
