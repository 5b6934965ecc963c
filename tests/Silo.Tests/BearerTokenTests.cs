using System.Runtime.Versioning;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Security;

namespace ViViT.Silo.Tests;

public sealed class BearerTokenTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vivit-token-").FullName;

    private string Path => System.IO.Path.Combine(folder, "state", "token");

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void An_absent_file_is_made_with_a_random_token_that_only_its_owner_reads()
    {
        var token = BearerToken.FromFile(Path);

        var text = File.ReadAllText(Path).Trim();
        Assert.Matches("^vivit_[A-Za-z0-9_-]{43}$", text); // 32 bytes in base64url after what scanners for leaked secrets know it by
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!));
        Assert.True(token.IsIn($"Bearer {text}"));
    }

    [Fact]
    public void A_file_that_is_there_is_kept()
    {
        BearerToken.FromFile(Path);
        var before = File.ReadAllText(Path);

        BearerToken.FromFile(Path);

        Assert.Equal(before, File.ReadAllText(Path));
    }

    [Fact]
    public async Task Silos_that_start_at_once_agree_on_one_token()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => BearerToken.FromFile(Path))));

        var header = $"Bearer {(await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken)).Trim()}";
        Assert.All(tokens, token => Assert.True(token.IsIn(header)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic 0123456789abcdef")]
    [InlineData("Bearer 0123456789abcdeF")]
    [InlineData("Bearer 0123456789abcdef0")]
    public void Other_headers_do_not_carry_it(string? header)
    {
        Write("0123456789abcdef");

        Assert.False(BearerToken.FromFile(Path).IsIn(header));
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("two words that are long enough")]
    public void A_file_without_a_token_is_refused(string content)
    {
        Write(content);

        var refused = Assert.Throws<SettingException>(() => BearerToken.FromFile(Path));
        Assert.Contains(Path, refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, content);
    }
}
