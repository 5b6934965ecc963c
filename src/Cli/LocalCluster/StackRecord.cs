using System.Text.Json;

namespace ViViT.Cli.LocalCluster;

/// <summary>What a running stack says of itself in <c>stack.json</c>.</summary>
/// <param name="SiloManagement">Where the silo's metrics and health are.</param>
/// <param name="WorkerManagement">Where the worker's are.</param>
/// <param name="StartedBy">The word that the starter gave its supervisor: tells "I started it" from "it was there".</param>
internal sealed record StackRecord(ProcessIdentity Supervisor, Uri Server, Uri? SiloManagement, Uri? WorkerManagement, string StartedBy)
{
    public static StackRecord? Read(StateFolder folder)
    {
        try
        {
            return JsonSerializer.Deserialize<StackRecord>(File.ReadAllText(folder.StackFile));
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Replaces the file as a whole, so that a reader never sees half of it.</summary>
    public void Write(StateFolder folder)
    {
        var aside = folder.StackFile + ".new";
        File.WriteAllText(aside, JsonSerializer.Serialize(this));
        File.Move(aside, folder.StackFile, overwrite: true);
    }
}
