using System.Collections.Concurrent;
using System.Diagnostics;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Worker.Telemetry;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

/// <summary>What a worker tells of an experiment's trace.</summary>
public sealed class AttemptSpansTests : SiloTest
{
    [Fact]
    public async Task An_attempt_is_a_child_of_its_experiments_trace_and_has_its_phases_and_checkpoints()
    {
        var (trace, parent) = (ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom());
        ConcurrentQueue<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AttemptSpans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        Silo.Trace = $"00-{trace}-{parent}-01";
        await using var worker = new TestWorker(Silo, Folder);

        var attempt = Silo.Offer(TestWorker.Tiny());
        await attempt.Outcome;

        Activity[] Spans() => [.. ended.Where(span => span.TraceId == trace)];
        await Eventually.Holds("the attempt is over", () => Spans().Any(span => span.OperationName == "attempt"));
        var whole = Spans().Single(span => span.OperationName == "attempt");
        Assert.Equal((parent, attempt.Leased.Id.Value, 1, "succeeded"), (whole.ParentSpanId, whole.GetTagItem("vivit.experiment"), whole.GetTagItem("vivit.attempt"), whole.GetTagItem("vivit.outcome")));
        var parts = Spans().Where(span => span != whole).ToArray();
        Assert.All(parts, part => Assert.Equal(whole.SpanId, part.ParentSpanId));
        Assert.Equal(["checkpoint", "checkpoint", "load", "training"], parts.Select(part => part.OperationName).Order());
        Assert.All(parts.Where(part => part.OperationName == "checkpoint"), part => Assert.True(part.Duration > TimeSpan.Zero && (long)part.GetTagItem("vivit.bytes")! > 0));
        var (load, training) = (parts.Single(part => part.OperationName == "load"), parts.Single(part => part.OperationName == "training"));
        Assert.True(whole.StartTimeUtc <= load.StartTimeUtc && load.StartTimeUtc + load.Duration <= training.StartTimeUtc + TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_failure_is_an_error_and_who_has_no_trace_begins_one()
    {
        List<Activity> ended = [];
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AttemptSpans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("vivit.experiment") is -7L) ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);

        using (var spans = new AttemptSpans(new(new ExperimentId(-7), new SweepId(1), 2, 1, TestWorker.Tiny(), ResumeFrom: null, Trace: "no traceparent"), "w", 0, TimeProvider.System))
        {
            Assert.Null(Activity.Current);
            spans.Stops(new(AttemptResult.Failed, FailureClass.Numerical, "The loss is NaN."));
        }

        var span = Assert.Single(ended);
        Assert.Equal((default, ActivityStatusCode.Error, "The loss is NaN.", "numerical"), (span.ParentSpanId, span.Status, span.StatusDescription, span.GetTagItem("vivit.class")));
    }
}
