using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace ViViT.Worker.TrainerProcess;

/// <summary>A trainer process as its agent sees it: says requests, hears replies, knows how it ended.</summary>
internal sealed partial class TrainerChild : IAsyncDisposable
{
    private const int KeptLines = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly ILogger log;
    private readonly int slot;
    private readonly Channel<TrainerReply> replies = Channel.CreateUnbounded<TrainerReply>(new() { SingleWriter = true });
    private readonly SemaphoreSlim speaking = new(1, 1);
    private readonly Queue<string> lastLines = [];
    private readonly HostMemory memory = new();
    private readonly Task listening;
    private readonly Task complaints;
    private readonly Task ending;
    private long? killsBefore;

    private TrainerChild(Process process, int slot, string marker, ILogger log)
    {
        (this.process, this.slot, this.log, Marker) = (process, slot, log, marker);
        killsBefore = memory.OutOfMemoryKills();
        listening = Listen();
        complaints = ReadErrors();
        ending = CompleteWhenEnded();
    }

    public int ProcessId => process.Id;

    /// <summary>In the environment of the process and of what it starts.</summary>
    public string Marker { get; }

    /// <summary>Gets the lines that it writes to stderr.</summary>
    public Action<string>? Wrote { get; set; }

    /// <summary>Begins the scope of the log that these lines belong to.</summary>
    public Func<IDisposable?>? Concerns { get; set; }

    public bool HasExited => process.HasExited;

    /// <summary>What the trainer says, in order; completes when it has ended.</summary>
    public ChannelReader<TrainerReply> Replies => replies.Reader;

    /// <summary>Starts the process; it can be told to train once it has said <see cref="TrainerReply.Ready"/>.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static TrainerChild Start(TrainerLauncher launcher, TrainerOptions options, ILogger log)
    {
        var marker = Guid.NewGuid().ToString("N");
        return new(Process.Start(launcher.StartInfo(options, marker))!, options.Slot, marker, log);
    }

    /// <summary>The trainer is asked for something new: how it ends from now on is judged by what happens from now on.</summary>
    public void Begin()
    {
        killsBefore = memory.OutOfMemoryKills();
        lock (lastLines)
        {
            lastLines.Clear();
        }
    }

    /// <summary>Says something; to a process that has ended it says nothing, since the end of <see cref="Replies"/> tells of that.</summary>
    public async Task Say(TrainerRequest request)
    {
        await speaking.WaitAsync();
        try
        {
            await process.StandardInput.WriteLineAsync(ProtocolLine.Of(request));
            await process.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            DeafTrainer(slot, process.Id);
        }
        finally
        {
            speaking.Release();
        }
    }

    /// <summary>How it ended. Call it when <see cref="Replies"/> has completed.</summary>
    /// <param name="step">The last step that it told of.</param>
    public async Task<TrainerEnding> HowItEnded(long step)
    {
        await Ended();
        await Task.WhenAny(complaints, Task.Delay(Patience));
        lock (lastLines)
        {
            return TrainerEnding.Of(process.ExitCode, step, lastLines, systemKilled: memory.OutOfMemoryKills() > killsBefore);
        }
    }

    public void Kill() => process.Kill(entireProcessTree: true);

    /// <summary>Closes its stdin, at which a healthy trainer ends; kills one that does not.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            DeafTrainer(slot, process.Id);
        }

        await Ended();
        await Task.WhenAny(Task.WhenAll(listening, complaints), Task.Delay(Patience));
        await ending;
        process.Dispose();
        speaking.Dispose();
    }

    // Waits for its end, which is near; kills it when it is not.
    private async Task Ended()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process.HasExited) return;
        Kill();
        await process.WaitForExitAsync();
    }

    private async Task Listen()
    {
        try
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line) replies.Writer.TryWrite(ProtocolLine.Reply(line));
        }
        catch (JsonException wrong)
        {
            NoProtocol(wrong, slot, process.Id);
            Remember($"the agent ended it, since its stdout held no protocol: {wrong.Message}");
            Kill();
        }
        finally
        {
            // A process whose stdout has ended is ending, or is of no use.
            replies.Writer.TryComplete();
        }
    }

    // A child that it left behind may hold its stdout open.
    private async Task CompleteWhenEnded()
    {
        await process.WaitForExitAsync();
        await Task.WhenAny(listening, Task.Delay(Patience));
        replies.Writer.TryComplete();
    }

    private async Task ReadErrors()
    {
        while (await process.StandardError.ReadLineAsync() is { } line)
        {
            using (Concerns?.Invoke()) TrainerSays(slot, line);
            Remember(line);
            Wrote?.Invoke(line);
        }
    }

    private void Remember(string line)
    {
        lock (lastLines)
        {
            lastLines.Enqueue(line);
            if (lastLines.Count > KeptLines) lastLines.Dequeue();
        }
    }
}
