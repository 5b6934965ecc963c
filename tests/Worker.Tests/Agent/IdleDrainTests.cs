using ViViT.Contracts.Experiments;
using ViViT.Worker.Agent;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>A worker that is to end when there is no work for a while, as a Job does.</summary>
public sealed class IdleDrainTests : SiloTest
{
    [Fact]
    public async Task It_does_what_there_is_and_ends_by_itself()
    {
        var attempts = (StoredAttempt[])[Silo.Offer(TestWorker.Tiny()), Silo.Offer(TestWorker.Tiny()), Silo.Offer(TestWorker.Tiny())];
        await using var worker = new TestWorker(Silo, Folder, slots: 2, drainWhenIdle: true, leaseWait: 0.2);

        Assert.True(await worker.Ended);

        foreach (var attempt in attempts) Assert.Equal(AttemptResult.Succeeded, (await attempt.Outcome).Result);
        Assert.Equal(1, worker.Log.Count("Worker test-0001 has ended: it found no more work"));
    }

    [Fact]
    public void One_slot_that_works_keeps_the_worker_and_one_answer_is_not_yet_a_while()
    {
        using var closing = new Closing();
        var health = new AgentHealth(TimeProvider.System);
        var idle = new IdleDrain(2, health, closing);
        health.Register();
        for (var i = 0; i < 5; i++) idle.FoundNothing(0);
        idle.FoundNothing(1);
        idle.Found(1);
        idle.FoundNothing(1);
        Assert.False(closing.Begun.IsCancellationRequested);

        idle.FoundNothing(1);

        Assert.True(closing.Begun.IsCancellationRequested);
    }

    [Fact]
    public void Nobody_ends_before_the_server_knows_it()
    {
        using var closing = new Closing();
        var health = new AgentHealth(TimeProvider.System);
        var idle = new IdleDrain(1, health, closing);
        for (var i = 0; i < 5; i++) idle.FoundNothing(0);
        Assert.False(closing.Begun.IsCancellationRequested);

        health.Register();
        idle.FoundNothing(0);

        Assert.True(closing.Begun.IsCancellationRequested);
    }
}
