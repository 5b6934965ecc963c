namespace ViViT.Worker.TrainerProcess;

/// <summary>Says stop when all members of a group have been told to.</summary>
internal sealed class AllStopped : IDisposable
{
    private readonly CancellationTokenSource all = new();
    private readonly CancellationTokenRegistration[] registrations;
    private int left;

    public AllStopped(IReadOnlyCollection<CancellationToken> members)
    {
        left = members.Count;
        registrations = [.. members.Select(member => member.Register(() =>
        {
            if (Interlocked.Decrement(ref left) == 0) all.Cancel();
        }))];
    }

    public CancellationToken Token => all.Token;

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
        all.Dispose();
    }
}
