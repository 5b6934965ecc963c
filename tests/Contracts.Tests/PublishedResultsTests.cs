using ViViT.Contracts.DataSets;

namespace ViViT.Contracts.Tests;

public sealed class PublishedResultsTests
{
    [Theory]
    [InlineData("organmnist3d", "ResNet-18 + 3D", 0.996, 0.907)]
    [InlineData("nodulemnist3d", "auto-sklearn", 0.914, 0.874)]
    [InlineData("fracturemnist3d", "ResNet-50 + ACS", 0.750, 0.517)]
    [InlineData("adrenalmnist3d", "ResNet-18 + 3D", 0.827, 0.721)]
    [InlineData("vesselmnist3d", "ResNet-18 + ACS", 0.930, 0.928)]
    [InlineData("synapsemnist3d", "AutoKeras", 0.538, 0.724)]
    public void The_benchmark_stands_as_published(string data, string method, double auc, double accuracy) =>
        Assert.Equal(new PublishedResult(method, auc, accuracy), Assert.Single(PublishedResults.Of(data), result => result.Method == method));

    [Fact]
    public void Every_set_of_28_voxels_has_all_methods_and_no_other_set_has_any()
    {
        foreach (var set in DataSetCatalogue.All)
        {
            var expected = set is { Size: 28, IsSynthetic: false } ? 8 : 0;
            Assert.Equal(expected, PublishedResults.Of(set.Name).DistinctBy(result => result.Method).Count());
            Assert.All(PublishedResults.Of(set.Name), result => Assert.True(result is { Auc: > 0.5 and < 1, Accuracy: > 0.3 and < 1 }));
        }
    }
}
