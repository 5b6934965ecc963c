namespace ViViT.Data.Tests;

public sealed class DataFolderTests
{
    [Theory]
    [InlineData("/data", "/cache", "/data")]
    [InlineData("", "/cache", "/cache/vivit")]
    [InlineData(null, "/cache", "/cache/vivit")]
    public void The_chosen_folder_wins_over_the_cache(string? chosen, string? cache, string expected)
    {
        Assert.Equal(expected, DataFolder.Of(name => name == "VIVIT_DATA" ? chosen : name == "XDG_CACHE_HOME" ? cache : null).Path);
    }

    [Fact]
    public void Without_any_word_it_is_the_cache_of_the_home_folder()
    {
        Assert.EndsWith("/.cache/vivit", DataFolder.Of(_ => null).Path, StringComparison.Ordinal);
    }
}
