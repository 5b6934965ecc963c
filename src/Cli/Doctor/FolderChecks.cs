using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Diagnosis;
using ViViT.Data;

namespace ViViT.Cli.Doctor;

/// <summary>Whether what is to be kept can be: state, data sets, checkpoints; and which data sets are here.</summary>
internal static class FolderChecks
{
    private const long Little = 5L << 30;
    private const long TooLittle = 256L << 20;

    public static IEnumerable<Finding> All()
    {
        var state = StateFolder.Default();
        var checkpoints = SettingValues.OfVariables(Environment.GetEnvironmentVariable).TryGet(Settings.Checkpoints, out var given) ? given! : state.Checkpoints;
        yield return Of("state folder", state.Root, Settings.State);
        yield return Of("checkpoint folder", checkpoints, Settings.Checkpoints);
        yield return Of("data folder", DataFolder.Default().Path, Settings.Data);
        var sets = new DataSets(DataFolder.Default());
        var (here, absent) = (new List<string>(), 0);
        foreach (var set in DataSetCatalogue.All.Where(set => !set.IsSynthetic))
        {
            if (sets.Locate(set.Name).Present) here.Add(set.Name);
            else absent++;
        }

        yield return Finding.Ok("data sets", $"{(here.Count == 0 ? "none" : string.Join(", ", here))} here{(absent == 0 ? "" : $", {absent} fetched when needed (vivit data get NAME)")}");
    }

    /// <summary>Writes a file where the folder is or would be, and takes it away again.</summary>
    internal static Finding Of(string subject, string folder, Setting setting)
    {
        var there = folder;
        while (!Directory.Exists(there) && !File.Exists(there)) there = Path.GetDirectoryName(there) ?? "/";
        try
        {
            var probe = Path.Combine(there, $".vivit-doctor-{Guid.NewGuid():n}");
            try
            {
                File.WriteAllBytes(probe, new byte[64 << 10]);
            }
            finally
            {
                File.Delete(probe);
            }

            return Space(subject, there == folder ? folder : $"{folder} (not made yet)", new DriveInfo(there).AvailableFreeSpace, setting);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return Finding.Fail(subject, $"{folder} cannot be written to: {refused.Message.TrimEnd('.')}", $"Mend its rights or its disk, or name another by {setting.Variable}.");
        }
    }

    internal static Finding Space(string subject, string folder, long free, Setting setting)
    {
        var (found, remedy) = ($"{folder}, {TextOf.Bytes(free)} free", $"Free some, or name a folder on another disk by {setting.Variable}.");
        return free < TooLittle ? Finding.Fail(subject, found, remedy) : free < Little ? Finding.Warn(subject, found, remedy) : Finding.Ok(subject, found);
    }
}
