using Microsoft.Extensions.Logging.Abstractions;
using ViViT.TestKit;

namespace ViViT.Storage.Tests;

public sealed class QueueSignalTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_signal_wakes_those_who_wait_for_its_pool_and_no_others()
    {
        await using var database = await PostgresServer.CreateDatabase();
        await using var signal = Listener(database);
        await Listening(signal, database);
        var (gpu, cpu) = (signal.Next("gpu"), signal.Next("cpu"));

        await signal.Notify("gpu", default);

        await gpu.WaitAsync(Patience);
        Assert.False(cpu.IsCompleted);
    }

    [Fact]
    public async Task A_listener_that_was_cut_off_listens_again_and_wakes_everybody_for_what_it_may_have_missed()
    {
        await using var database = await PostgresServer.CreateDatabase();
        await using var signal = Listener(database);
        await Listening(signal, database);
        var waiting = signal.Next("gpu");

        await database.Execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'");

        await waiting.WaitAsync(Patience);
        await Listening(signal, database);
    }

    private static QueueSignal Listener(TestDatabase database) => new(database.Source, TimeProvider.System, NullLogger<QueueSignal>.Instance);

    // The first signals may come before the listener does.
    private static async Task Listening(QueueSignal signal, TestDatabase database)
    {
        var heard = signal.Next("probe");
        while (!heard.IsCompleted)
        {
            await database.Execute("select pg_notify('vivit_queue', 'probe')");
            await Task.WhenAny(heard, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }
    }
}
