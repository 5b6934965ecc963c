using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.TestKit;

namespace ViViT.Silo.Tests.Telemetry;

/// <summary>An experiment's trace, as a collector gets it.</summary>
public sealed class TracingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_experiment_is_one_trace_from_its_submission_to_its_end()
    {
        await using var collector = await OtlpCollector.Start();
        await using var traced = await MeteredSilo.On(await PostgresServer.CreateEmptyDatabase(), collector.Settings);
        var sweep = await traced.Submit("local", experiments: 2);
        var first = await traced.Lease("local");
        await traced.End(first, AttemptResult.Failed, FailureClass.Infrastructure);
        var other = await traced.Lease("local");
        var second = await traced.Lease("local");
        Assert.Equal((first.Id, 2), (second.Id, second.Attempt));
        await traced.Commit(second, step: 7, bytes: 70);
        await traced.End(second);
        await traced.Silo.Post<SweepStatus>(Routes.Fill(Routes.SweepCancel, sweep.Id), new { });

        var spans = await Spans(collector, count: 8 + 4);

        var mine = spans.Where(span => first.Trace!.Contains(span.TraceId, StringComparison.Ordinal)).OrderBy(span => span.Start).ToList();
        var root = Assert.Single(mine, span => span.IsRoot);
        Assert.Equal(("experiment", $"{sweep.Id}", "local"), (root.Name, root.Tags["vivit.sweep"], root.Tags["vivit.pool"]));
        Assert.Equal($"00-{root.TraceId}-{root.SpanId}-01", first.Trace);
        Assert.Equal(first.Trace, second.Trace);
        Assert.All(mine.Where(span => span != root), span => Assert.Equal((root.SpanId, $"{first.Id}"), (span.ParentId, span.Tags["vivit.experiment"])));
        Assert.Equal(["attempt", "attempt", "checkpoint", "end", "experiment", "queued", "queued"], mine.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.All(mine, span => Assert.True(span.End > span.Start, $"{span.Name} has no length"));
        var attempts = mine.Where(span => span.Name == "attempt").ToList();
        Assert.Equal(("1", "failed", "infrastructure", 2), (attempts[0].Tags["vivit.attempt"], attempts[0].Tags["vivit.outcome"], attempts[0].Tags["vivit.class"], attempts[0].Status));
        Assert.Equal(("2", "succeeded", 0), (attempts[1].Tags["vivit.attempt"], attempts[1].Tags["vivit.outcome"], attempts[1].Status));
        var waits = mine.Where(span => span.Name == "queued").ToList();
        Assert.Equal([attempts[0].Start, attempts[1].Start], waits.Select(wait => wait.End));
        Assert.InRange(waits[1].Start, attempts[0].Start, attempts[1].Start);
        Assert.Equal(("7", "70"), (mine.Single(span => span.Name == "checkpoint").Tags["vivit.step"], mine.Single(span => span.Name == "checkpoint").Tags["vivit.bytes"]));
        Assert.Equal("succeeded", mine.Single(span => span.Name == "end").Tags["vivit.state"]);

        var others = spans.Where(span => other.Trace!.Contains(span.TraceId, StringComparison.Ordinal)).ToList();
        Assert.Equal(["attempt", "end", "experiment", "queued"], others.Select(span => span.Name).Order(StringComparer.Ordinal));
        Assert.Equal("cancelled", others.Single(span => span.Name == "end").Tags["vivit.state"]);
        Assert.Equal("cancelled", others.Single(span => span.Name == "attempt").Tags["vivit.outcome"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_collector_or_when_the_sampler_leaves_it_out_nothing_is_traced(bool collected)
    {
        await using var collector = await OtlpCollector.Start();
        await using var silo = await MeteredSilo.On(await PostgresServer.CreateEmptyDatabase(), collected ? [.. collector.Settings, ("OTEL_TRACES_SAMPLER", "always_off")] : []);
        await silo.Submit("local", experiments: 1);

        var lease = await silo.Lease("local");
        await silo.End(lease);

        Assert.Null(lease.Trace);
        Assert.Equal(0, await silo.Database.Scalar<long>("select count(*) from experiment where trace is not null"));
        silo.Silo.Terminate();
        Assert.Equal(0, await silo.Silo.ExitCode());
        Assert.Empty(collector.Received);
    }

    private static async Task<IReadOnlyCollection<Span>> Spans(OtlpCollector collector, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (collector.Received.Count < count - 1)
        {
            Assert.False(patience.IsCancellationRequested, $"Only {string.Join(", ", collector.Received.Select(span => span.Name))}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        return collector.Received;
    }
}
