using System.Collections.Concurrent;
using System.Text.Json;
using ViViT.Contracts.Wire;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// The inside of a trainer process: one thread reads what the agent says, one thread, always the same, trains.
/// </summary>
/// <param name="train">Trains until every member has ended or its token says stop; never throws.</param>
/// <param name="measure">Measures and tells; never throws.</param>
/// <param name="agentGone">Called when the agent's end of stdin closed: it exited or was killed.</param>
internal sealed class TrainerHost(
    TextReader requests, Action<TrainerRequest.Train, IReadOnlyList<CancellationToken>> train, Action<TrainerRequest.Measure> measure, ReplyWriter replies,
    Action<string> agentGone) : IDisposable
{
    private readonly BlockingCollection<Action> jobs = [];

    // The sources live as long as their jobs: nothing in them needs disposal unless a wait handle or a timer is asked for.
    private readonly ConcurrentDictionary<Held, CancellationTokenSource> stops = [];

    /// <summary>Does what the agent asks for, on the calling thread, until the agent is gone.</summary>
    public void Run()
    {
        new Thread(Listen) { Name = "requests", IsBackground = true }.Start();
        replies.Tell(new TrainerReply.Ready());
        foreach (var job in jobs.GetConsumingEnumerable()) job();
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
            case TrainerRequest.Train group:
                var own = group.Experiments.Select(member => stops[member.Held] = new CancellationTokenSource()).Select(stop => stop.Token).ToArray();
                jobs.Add(() =>
                {
                    train(group, own);
                    foreach (var member in group.Experiments) stops.TryRemove(member.Held, out _);
                });
                break;
            case TrainerRequest.Measure shape:
                jobs.Add(() => measure(shape));
                break;
            case TrainerRequest.Stop stop when stops.TryGetValue(stop.Member, out var running):
                running.Cancel();
                break;
        }
    }
}
