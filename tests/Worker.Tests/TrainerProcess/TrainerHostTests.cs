using System.IO.Pipelines;
using System.Text;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Wire;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class TrainerHostTests
{
    private readonly TaskCompletionSource<string> agentGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task It_trains_one_after_another_on_one_thread_and_replies_with_each_end()
    {
        var threads = new HashSet<int>();

        var replies = await Run([Train(1), Train(2)], (request, _) =>
        {
            threads.Add(Environment.CurrentManagedThreadId);
            return new TrainerReply.Failed(FailureClass.User, $"{request.Experiment.Id}");
        });

        Assert.Equal([new TrainerReply.Ready(), new TrainerReply.Failed(FailureClass.User, "1"), new TrainerReply.Failed(FailureClass.User, "2")], replies);
        Assert.Single(threads);
        Assert.Equal("the agent closed stdin", await agentGone.Task);
    }

    [Fact]
    public async Task A_stop_reaches_the_training_it_names_and_no_other()
    {
        var replies = await Run([Stop(2), Train(1), Train(2), Stop(3), Stop(2)], (request, stop) => request.Experiment.Id.Value switch
        {
            // The second is stopped when it has begun or before; the first only sees stops that do not mean it.
            2 when stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(10)) => new TrainerReply.Stopped(),
            _ => stop.IsCancellationRequested ? new TrainerReply.Stopped() : new TrainerReply.Finished(),
        });

        Assert.Equal([new TrainerReply.Ready(), new TrainerReply.Finished(), new TrainerReply.Stopped()], replies);
    }

    [Fact]
    public async Task Words_that_are_none_of_the_protocol_are_as_good_as_no_agent()
    {
        await Run(["hello"], (_, _) => new TrainerReply.Finished());

        Assert.StartsWith("stdin holds no protocol: ", await agentGone.Task, StringComparison.Ordinal);
    }

    private async Task<TrainerReply[]> Run(string[] lines, Func<TrainerRequest.Train, CancellationToken, TrainerReply> execute)
    {
        var input = new Pipe();
        using var output = new MemoryStream();
        var writer = new ReplyWriter(output, () => agentGone.TrySetResult("the agent reads no more"));
        using var requests = new StreamReader(input.Reader.AsStream());
        using var host = new TrainerHost(requests, execute, writer, why => agentGone.TrySetResult(why));
        var running = Task.Factory.StartNew(host.Run, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        foreach (var line in lines) await input.Writer.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), TestContext.Current.CancellationToken);
        await input.Writer.CompleteAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        writer.Dispose();
        return [.. Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n').Select(ProtocolLine.Reply)];
    }

    private static string Train(long id) =>
        ProtocolLine.Of(new TrainerRequest.Train(new(new ExperimentId(id), new SweepId(1), 1, 1, TestWorker.Tiny(), null), "/c", "/d"));

    private static string Stop(long id) => ProtocolLine.Of(new TrainerRequest.Stop(new Held(new ExperimentId(id), 1)));
}
