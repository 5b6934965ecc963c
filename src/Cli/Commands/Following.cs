using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary>Following something on a server that may be away for a while.</summary>
internal static class Following
{
    /// <summary>Asks again and again until there is an answer; a server that is away is waited for, which is said once.</summary>
    /// <param name="ask">Null: not yet. It waits by itself before it says so.</param>
    /// <param name="pause">Between two questions to a server that is away.</param>
    /// <exception cref="OperationCanceledException">Ctrl-C.</exception>
    public static async Task<int> Server(Func<Task<int?>> ask, TimeSpan pause, CancellationToken cancellation)
    {
        var away = false;
        while (true)
        {
            try
            {
                if (await ask() is { } answer) return answer;
                if (away) Terminal.Note("The server is back.");
                away = false;
            }
            catch (ServerAwayException gone)
            {
                if (!away) Terminal.Note($"{gone.Message} Waiting for the server.");
                away = true;
                await Task.Delay(pause, cancellation);
            }
        }
    }

    /// <summary>The same without an answer: until Ctrl-C.</summary>
    public static Task<int> Server(Func<Task> ask, CancellationToken cancellation) => Server(
        async () =>
        {
            await ask();
            return null;
        },
        TimeSpan.FromSeconds(1), cancellation);
}
