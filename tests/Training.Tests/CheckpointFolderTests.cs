using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Training.Checkpoints;

namespace ViViT.Training.Tests;

public sealed class CheckpointFolderTests : IDisposable
{
    private static readonly ExperimentId Experiment = new(7);

    private readonly string root = Directory.CreateTempSubdirectory("vivit-checkpoints-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void What_is_written_under_one_fence_is_read_under_the_next()
    {
        var written = new CheckpointFolder(root, Experiment, fence: 3).Write(12, Files("a"));

        var read = new CheckpointFolder(root, Experiment, fence: 4).Read(written);

        Assert.Equal("experiment-7/fence-3/step-12", written.Path);
        Assert.Equal(12, written.Step);
        Assert.Equal(written.Bytes, Directory.GetFiles(Path.Join(root, written.Path)).Sum(file => new FileInfo(file).Length));
        Assert.Equal([[1, 2, 3], "a"u8.ToArray()], [read["one.bin"], read["two.bin"]]);
    }

    [Fact]
    public void A_step_that_is_written_again_is_replaced()
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        folder.Write(5, Files("a"));

        var second = folder.Write(5, Files("b"));

        Assert.Equal("b"u8.ToArray(), folder.Read(second)["two.bin"]);
        Assert.Single(Directory.GetDirectories(Path.Join(root, "experiment-7", "fence-1")));
    }

    [Fact]
    public void An_altered_file_is_named()
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        var written = folder.Write(5, Files("a"));
        File.WriteAllBytes(Path.Join(root, written.Path, "one.bin"), [1, 2, 4]);

        var refused = Assert.Throws<CheckpointException>(() => folder.Read(written));

        Assert.Contains("one.bin is not the file that was written", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manifest.json")]
    [InlineData("two.bin")]
    public void A_missing_file_is_named(string name)
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        var written = folder.Write(5, Files("a"));
        File.Delete(Path.Join(root, written.Path, name));

        var refused = Assert.Throws<CheckpointException>(() => folder.Read(written));

        Assert.Contains($"{name} is missing", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_altered_manifest_a_foreign_checkpoint_and_a_path_that_leaves_the_root_are_refused()
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        var written = folder.Write(5, Files("a"));
        var foreign = new CheckpointFolder(root, new ExperimentId(8), fence: 1).Write(5, Files("a"));

        Assert.Contains("experiment 8", Assert.Throws<CheckpointException>(() => folder.Read(foreign)).Message, StringComparison.Ordinal);
        Assert.Contains("not step 6", Assert.Throws<CheckpointException>(() => folder.Read(written with { Step = 6 })).Message, StringComparison.Ordinal);
        Assert.Contains("leaves the checkpoint root", Assert.Throws<CheckpointException>(() => folder.Read(written with { Path = "../elsewhere" })).Message, StringComparison.Ordinal);
        File.AppendAllText(Path.Join(root, written.Path, "manifest.json"), " ");
        Assert.Contains("manifest.json is not the file", Assert.Throws<CheckpointException>(() => folder.Read(written)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("/etc")]
    [InlineData("//etc")]
    [InlineData("experiment-7/../../etc")]
    [InlineData("experiment-7/fence-1/../../../etc")]
    [InlineData("%2e%2e/etc")]
    [InlineData("%252e%252e/etc")]
    [InlineData("..%2fetc")]
    [InlineData("\u2024\u2024/etc")] // one dot leaders
    [InlineData("\uff0e\uff0e\uff0fetc")] // full width
    [InlineData("..\\etc")]
    [InlineData("experiment-7\0/etc")]
    public void No_path_reaches_out_of_the_root(string path)
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        var written = folder.Write(5, Files("a"));
        using var outside = new Elsewhere(root);

        Assert.Throws<CheckpointException>(() => folder.Read(written with { Path = path }));
    }

    [Theory]
    [InlineData("experiment-7")]
    [InlineData("experiment-7/fence-1")]
    [InlineData("experiment-7/fence-1/step-5")]
    [InlineData("experiment-7/fence-1/step-5/two.bin")]
    [InlineData("experiment-7/fence-1/step-5/manifest.json")]
    public void A_link_below_the_root_is_followed_by_nobody(string where)
    {
        var folder = new CheckpointFolder(root, Experiment, fence: 1);
        var written = folder.Write(5, Files("a"));
        using var outside = new Elsewhere(root);
        outside.Take(where);
        var before = outside.Listing();

        Assert.Contains("is a link", Assert.Throws<CheckpointException>(() => folder.Read(written)).Message, StringComparison.Ordinal);
        if (where is "experiment-7" or "experiment-7/fence-1")
        {
            Assert.Contains("is a link", Assert.Throws<IOException>(() => folder.Write(6, Files("b"))).Message, StringComparison.Ordinal);
        }

        CheckpointFolder.Prune(root, Experiment, [written with { Step = 9, Path = "experiment-7/fence-9/step-9" }]);
        CheckpointFolder.Prune(root, Experiment, []);
        Assert.Equal(before, outside.Listing());
    }

    [Fact]
    public void The_root_itself_may_be_a_link()
    {
        using var outside = new Elsewhere(root);
        var link = Path.Join(outside.Folder, "root");
        Directory.CreateSymbolicLink(link, root);
        var folder = new CheckpointFolder(link, Experiment, fence: 1);

        Assert.Equal("a"u8.ToArray(), folder.Read(folder.Write(5, Files("a")))["two.bin"]);
    }

    [Fact]
    public void A_disk_that_cannot_be_written_is_an_IOException()
    {
        File.WriteAllText(Path.Join(root, "experiment-7"), "in the way");

        Assert.ThrowsAny<IOException>(() => new CheckpointFolder(root, Experiment, fence: 1).Write(5, Files("a")));
    }

    [Fact]
    public void What_an_interrupted_write_left_is_in_nobodys_way()
    {
        var left = Directory.CreateDirectory(Path.Join(root, "experiment-7", "fence-1", "step-5.partial"));
        File.WriteAllText(Path.Join(left.FullName, "one.bin"), "half");
        var folder = new CheckpointFolder(root, Experiment, fence: 1);

        var written = folder.Write(5, Files("a"));

        Assert.Equal([1, 2, 3], folder.Read(written)["one.bin"]);
        Assert.False(left.Exists && Directory.Exists(left.FullName));
    }

    [Fact]
    public void Pruning_keeps_what_is_asked_for_and_what_is_newer()
    {
        var old = Write(fence: 1, step: 300);
        var kept = Write(fence: 2, step: 100);
        var between = Write(fence: 2, step: 50);
        var newer = Write(fence: 2, step: 200);
        var next = Write(fence: 3, step: 10);
        var other = new CheckpointFolder(root, new ExperimentId(70), fence: 1).Write(5, Files("a"));
        Directory.CreateDirectory(Path.Join(root, "experiment-7", "fence-1", "step-9.partial"));

        CheckpointFolder.Prune(root, Experiment, [kept]);

        Assert.Equal([false, true, false, true, true, true], new[] { old, kept, between, newer, next, other }.Select(Exists));
        Assert.False(Directory.Exists(Path.Join(root, "experiment-7", "fence-1")));

        CheckpointFolder.Prune(root, Experiment, []);
        CheckpointFolder.Prune(root, Experiment, []);

        Assert.False(Directory.Exists(Path.Join(root, "experiment-7")));
        Assert.True(Exists(other));

        CheckpointManifest Write(long fence, long step) => new CheckpointFolder(root, Experiment, fence).Write(step, Files("a"));
        bool Exists(CheckpointManifest checkpoint) => Directory.Exists(Path.Join(root, checkpoint.Path));
    }

    private static Dictionary<string, byte[]> Files(string second) => new() { ["one.bin"] = [1, 2, 3], ["two.bin"] = System.Text.Encoding.UTF8.GetBytes(second) };

    /// <summary>A folder beside the root, where things of the root can be moved to with a link left in their place.</summary>
    private sealed class Elsewhere(string root) : IDisposable
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("vivit-elsewhere-").FullName;

        public void Take(string what)
        {
            var (from, to) = (Path.Join(root, what), Path.Join(Folder, Path.GetFileName(what)));
            if (Directory.Exists(from)) Directory.Move(from, to);
            else File.Move(from, to);
            File.CreateSymbolicLink(from, to);
        }

        public string[] Listing() => [.. Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}
