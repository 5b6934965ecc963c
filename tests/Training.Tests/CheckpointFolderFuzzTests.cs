using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.TestKit.Fuzzing;
using ViViT.Training.Checkpoints;

namespace ViViT.Training.Tests;

/// <summary>Files and their description come from a shared disk and over the network: either the checkpoint is what was written, or it is refused by name.</summary>
public sealed class CheckpointFolderFuzzTests : IDisposable
{
    private static readonly Dictionary<string, byte[]> Files = new() { ["one.bin"] = [1, 2, 3], ["two.bin"] = [4], ["state.json"] = "{}"u8.ToArray() };

    private readonly string root = Directory.CreateTempSubdirectory("vivit-checkpoints-").FullName;
    private readonly CheckpointFolder folder;
    private readonly CheckpointManifest written;

    public CheckpointFolderFuzzTests()
    {
        folder = new CheckpointFolder(root, new ExperimentId(7), fence: 3);
        written = folder.Write(12, Files);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Damaged_files_are_refused()
    {
        Fuzz.Run(1500, mutator =>
        {
            var name = mutator.Pick((string[])[.. Files.Keys, "manifest.json"]);
            return (Name: name, Content: mutator.Bytes(File.ReadAllBytes(Place(name))));
        }, damaged =>
        {
            var sound = File.ReadAllBytes(Place(damaged.Name));
            File.WriteAllBytes(Place(damaged.Name), damaged.Content);
            try
            {
                return Reads(written, written.Path, damaged.Name);
            }
            finally
            {
                File.WriteAllBytes(Place(damaged.Name), sound);
            }
        }).HasAtLeast(accepted: 10, refused: 1000);
    }

    [Fact]
    public void A_manifest_that_lies_under_its_right_hash_is_refused()
    {
        var sound = File.ReadAllText(Place("manifest.json"));

        Fuzz.Run(3000, mutator => mutator.Json(sound), manifest =>
        {
            File.WriteAllBytes(Place("manifest.json"), manifest);
            return Reads(written with { Sha256 = Convert.ToHexStringLower(SHA256.HashData(manifest)) }, written.Path);
        }).HasAtLeast(accepted: 100, refused: 1500);
    }

    [Fact]
    public void A_commit_that_lies_is_refused()
    {
        var sound = JsonSerializer.Serialize(written, ContractsJson.Options);

        Fuzz.Run(3000, mutator => Encoding.UTF8.GetString(mutator.Json(sound)), json => Parsed(json) is { } commit && Reads(commit)).HasAtLeast(accepted: 100, refused: 1000);

        static CheckpointManifest? Parsed(string json)
        {
            try
            {
                return JsonSerializer.Deserialize<CheckpointManifest>(json, ContractsJson.Options);
            }
            catch (JsonException)
            {
                return null; // such a one never gets here
            }
        }
    }

    [Fact]
    public void A_root_may_be_written_with_a_slash_at_its_end()
    {
        Assert.Equal(Files["one.bin"], new CheckpointFolder(root + "/", new ExperimentId(7), fence: 4).Read(written)["one.bin"]);
    }

    // Some of the files are missing from a manifest that was edited; those that are listed are what was written.
    private bool Reads(CheckpointManifest checkpoint, params string[] place)
    {
        try
        {
            Assert.All(folder.Read(checkpoint), file => Assert.Equal(Files[file.Key], file.Value));
            return true;
        }
        catch (CheckpointException wrong)
        {
            return Fuzz.Refused(wrong, place);
        }
    }

    private string Place(string name) => Path.Join(root, written.Path, name);
}
