using System.Collections.Concurrent;
using System.Text.Json;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// The inside of a trainer process: one thread reads what the agent says, one thread, always the same, trains.
/// </summary>
/// <param name="execute">Trains until the end or until the token says stop; never throws.</param>
/// <param name="agentGone">Called when the agent's end of stdin closed: it exited or was killed.</param>
internal sealed class TrainerHost(
    TextReader requests, Func<TrainerRequest.Train, CancellationToken, TrainerReply> execute, ReplyWriter replies, Action<string> agentGone) : IDisposable
{
    private readonly BlockingCollection<Job> jobs = [];
    private readonly ConcurrentDictionary<Held, Job> stoppable = [];

    /// <summary>Trains what the agent sends, on the calling thread, until the agent is gone.</summary>
    public void Run()
    {
        new Thread(Listen) { Name = "requests", IsBackground = true }.Start();
        replies.Tell(new TrainerReply.Ready());
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            var end = execute(job.Request, job.Stop.Token);
            stoppable.TryRemove(job.Key, out _);
            replies.Tell(end);
        }
    }

    public void Dispose() => jobs.Dispose();

    private void Listen()
    {
        var why = "the agent closed stdin";
        try
        {
            while (requests.ReadLine() is { } line) Obey(ProtocolLine.Request(line));
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            why = $"stdin holds no protocol: {broken.Message}";
        }

        jobs.CompleteAdding();
        agentGone(why);
    }

    private void Obey(TrainerRequest request)
    {
        switch (request)
        {
            case TrainerRequest.Train train:
                var job = new Job(train, new CancellationTokenSource());
                stoppable[job.Key] = job;
                jobs.Add(job);
                break;
            case TrainerRequest.Stop stop when stoppable.TryGetValue(stop.Training, out var running):
                running.Stop.Cancel();
                break;
        }
    }

    // The source lives as long as the job: nothing in it needs disposal unless a wait handle or a timer is asked for.
    private sealed record Job(TrainerRequest.Train Request, CancellationTokenSource Stop)
    {
        public Held Key => new(Request.Experiment.Id, Request.Experiment.Fence);
    }
}
