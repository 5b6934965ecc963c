using ViViT.Contracts.Specs;
using ViViT.Data;

namespace ViViT.Worker.TrainerProcess;

/// <summary>The volumes of the last training: a sweep's experiments mostly share theirs.</summary>
internal sealed class VolumeSetCache
{
    private (string Folder, DataSpec Spec, VolumeSet Volumes)? last;

    /// <exception cref="OperationCanceledException">Stopped while the file was being fetched.</exception>
    /// <exception cref="DataUnavailableException">A file is missing or damaged, and cannot be fetched.</exception>
    public VolumeSet Load(string folder, DataSpec spec, IProgress<DownloadProgress> progress, CancellationToken stop)
    {
        if (last is not { } kept || kept.Folder != folder || kept.Spec != spec)
        {
            // The old ones go before the new ones come: each may fill much of the memory.
            last = null;
            last = (folder, spec, new DataSets(new DataFolder(folder)).Load(spec, progress, stop));
        }

        return last.Value.Volumes;
    }
}
