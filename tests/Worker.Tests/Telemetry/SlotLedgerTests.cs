using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

public sealed class SlotLedgerTests
{
    private readonly ManualTime time = new();

    [Fact]
    public void What_a_success_took_is_train_and_the_rest_is_idle()
    {
        var ledger = new SlotLedger(2, time);
        Pass(5);
        var attempt = ledger.Begin(0);
        Pass(10);
        Assert.Equal(new SlotSeconds(Train: 0, Idle: 20, Lost: 0, Undecided: 10, Busy: 1, Free: 1), ledger.Read());

        attempt.Stop();
        Pass(1);   // until the server knows
        attempt.Settle(kept: true);

        Assert.Equal(new SlotSeconds(Train: 10, Idle: 22, Lost: 0, Undecided: 0, Busy: 0, Free: 2), ledger.Read());
    }

    [Fact]
    public void Of_an_attempt_that_fails_what_came_after_its_last_committed_checkpoint_is_lost()
    {
        var ledger = new SlotLedger(1, time);
        var attempt = ledger.Begin(0);
        Pass(30);
        attempt.Keep();
        Pass(7);

        attempt.Settle(kept: false);

        Assert.Equal(new SlotSeconds(Train: 30, Idle: 0, Lost: 7, Undecided: 0, Busy: 0, Free: 1), ledger.Read());
        attempt.Settle(kept: false);
        Assert.Equal(7, ledger.Read().Lost);
    }

    [Fact]
    public void The_time_of_a_group_is_shared_by_those_that_go_on()
    {
        var ledger = new SlotLedger(1, time);
        var (first, second, third) = (ledger.Begin(0), ledger.Begin(0), ledger.Begin(0));
        Pass(30);
        first.Settle(kept: false);
        Pass(20);
        second.Settle(kept: true);
        Pass(5);
        third.Settle(kept: true);

        Assert.Equal(new SlotSeconds(Train: 20 + 25, Idle: 0, Lost: 10, Undecided: 0, Busy: 0, Free: 1), ledger.Read());
    }

    /// <summary>The ledger is one: no use ever falls, and all uses together are slots times time, whatever happens in whatever order.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_happens_no_use_falls_and_their_sum_is_slots_times_time(int seed)
    {
        const int Slots = 3;
        var dice = new Random(seed);
        var ledger = new SlotLedger(Slots, time);
        var begun = time.GetTimestamp();
        var running = Enumerable.Range(0, Slots).Select(_ => new List<SlotLedger.Account>()).ToArray();
        List<SlotLedger.Account> stopped = [];
        var before = ledger.Read();
        for (var i = 0; i < 2000; i++)
        {
            time.Advance(TimeSpan.FromTicks(dice.Next(1, 10_000_000)));
            var slot = dice.Next(Slots);
            switch (dice.Next(5))
            {
                case 0 when running[slot].Count < 4:
                    running[slot].Add(ledger.Begin(slot));
                    break;
                case 1 when running[slot].Count > 0:
                    running[slot][^1].Keep();
                    break;
                case 2 when running[slot].Count > 0:
                    running[slot][0].Stop();
                    stopped.Add(running[slot][0]);
                    running[slot].RemoveAt(0);
                    break;
                case 3 when stopped.Count > 0:
                    stopped[0].Settle(dice.Next(2) == 0);
                    stopped.RemoveAt(0);
                    break;
            }

            var now = ledger.Read();
            Assert.True(now.Train >= before.Train && now.Idle >= before.Idle && now.Lost >= before.Lost, $"{before} then {now}");
            Assert.Equal(Slots * time.GetElapsedTime(begun).TotalSeconds, now.Train + now.Idle + now.Lost + now.Undecided, 1e-6);
            before = now;
        }

        Assert.True(before is { Train: > 0, Idle: > 0, Lost: > 0, Undecided: > 0 });
    }

    private void Pass(int seconds) => time.Advance(TimeSpan.FromSeconds(seconds));
}
