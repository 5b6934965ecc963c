namespace ViViT.Worker.Tests.Support;

/// <summary>A silo in memory and a folder for each test; the silo's token lies in the folder.</summary>
public abstract class SiloTest : IAsyncLifetime
{
    private protected TestFolder Folder { get; } = new();

    private protected FakeSilo Silo { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Silo = await FakeSilo.Start();
        await File.WriteAllTextAsync(Folder["token"], Silo.Token + "\n");
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Silo.DisposeAsync();
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
