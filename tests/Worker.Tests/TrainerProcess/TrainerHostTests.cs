using System.IO.Pipelines;
using System.Text;
using ViViT.Contracts;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class TrainerHostTests
{
    private readonly TaskCompletionSource<string> agentGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task It_does_one_request_after_another_on_one_thread()
    {
        var threads = new HashSet<int>();

        var replies = await Run(
            [Train(1, 2), Measure, Train(3)],
            (request, _, tell) =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                foreach (var member in request.Experiments) tell(new TrainerReply.Finished(member.Held));
            },
            tell =>
            {
                threads.Add(Environment.CurrentManagedThreadId);
                tell(new TrainerReply.Unsized("why"));
            });

        Assert.Equal([new TrainerReply.Ready(), Finished(1), Finished(2), new TrainerReply.Unsized("why"), Finished(3)], replies);
        Assert.Single(threads);
        Assert.Equal("the agent closed stdin", await agentGone.Task);
    }

    [Fact]
    public async Task A_stop_reaches_the_member_it_names_and_no_other()
    {
        var replies = await Run([Stop(2), Train(1), Train(2, 3), Stop(4), Stop(3)], (request, stops, tell) =>
        {
            foreach (var (member, stop) in request.Experiments.Zip(stops))
            {
                // The third is stopped when it has begun or before; the others only see stops that do not mean them.
                var stopped = member.Id.Value == 3 ? stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)) : stop.IsCancellationRequested;
                tell(stopped ? new TrainerReply.Stopped(member.Held) : new TrainerReply.Finished(member.Held));
            }
        });

        Assert.Equal([new TrainerReply.Ready(), Finished(1), Finished(2), new TrainerReply.Stopped(new(new(3), 1))], replies);
    }

    [Fact]
    public async Task Words_that_are_none_of_the_protocol_are_as_good_as_no_agent()
    {
        await Run(["hello"], (_, _, _) => { });

        Assert.StartsWith("stdin holds no protocol: ", await agentGone.Task, StringComparison.Ordinal);
    }

    private async Task<TrainerReply[]> Run(
        string[] lines, Action<TrainerRequest.Train, IReadOnlyList<CancellationToken>, Action<TrainerReply>> train, Action<Action<TrainerReply>>? measure = null)
    {
        var input = new Pipe();
        using var output = new MemoryStream();
        var writer = new ReplyWriter(output, () => agentGone.TrySetResult("the agent reads no more"));
        using var requests = new StreamReader(input.Reader.AsStream());
        using var host = new TrainerHost(
            requests, (request, stops) => train(request, stops, writer.Tell), _ => measure?.Invoke(writer.Tell), writer, why => agentGone.TrySetResult(why));
        var running = Task.Factory.StartNew(host.Run, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (var line in lines) await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        await input.Writer.CompleteAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        writer.Dispose();
        return [.. Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(ProtocolLine.Reply)];
    }

    private static string Measure => ProtocolLine.Of(new TrainerRequest.Measure(TestWorker.Tiny(), 8));

    private static string Train(params long[] ids) => ProtocolLine.Of(new TrainerRequest.Train(
        [.. ids.Select((id, place) => new LeasedExperiment(new ExperimentId(id), new SweepId(1), 1, 1, TestWorker.Tiny(), null, place))], ids.Length, "/c", "/d"));

    private static string Stop(long id) => ProtocolLine.Of(new TrainerRequest.Stop(new Held(new ExperimentId(id), 1)));

    private static TrainerReply.Finished Finished(long id) => new(new Held(new ExperimentId(id), 1));
}
