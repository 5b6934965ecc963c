using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary>Following something on a server that may be away for a while.</summary>
internal static class Following
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Asks again and again until Ctrl-C; a server that is away is waited for, which is said once.</summary>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    public static async Task Server(Func<Task> ask, CancellationToken cancellation)
    {
        var away = false;
        while (true)
        {
            try
            {
                await ask();
                if (away) Terminal.Note("The server is back.");
                away = false;
            }
            catch (ServerAwayException gone)
            {
                if (!away) Terminal.Note($"{gone.Message} Waiting for the server.");
                away = true;
                await Task.Delay(Pause, cancellation);
            }
        }
    }
}
