using ViViT.Contracts.Wire;

namespace ViViT.Worker.Agent;

/// <summary>
/// Lines of one attempt on their way to the server: bounded in length, in number, and in how many wait. Not thread-safe; reads no clock.
/// </summary>
internal sealed class LogBuffer(Held attempt, string worker)
{
    /// <summary>A line is cut there.</summary>
    public const int LongestLine = 2000;

    /// <summary>The rest of an attempt's lines is in the worker's log alone.</summary>
    public const int MostLines = 2000;

    /// <summary>When more wait, the oldest go.</summary>
    public const int MostWaiting = 1000;

    private readonly Queue<(DateTimeOffset At, string Text)> waiting = [];
    private int added;
    private int dropped;
    private int nextSeq;

    public bool IsEmpty => waiting.Count == 0;

    /// <param name="important">Kept although the attempt has said too much already: how it began and ended.</param>
    public void Add(DateTimeOffset at, string text, bool important = false)
    {
        if (!important)
        {
            if (added > MostLines) return;
            if (added++ == MostLines) text = $"… the attempt says more than {MostLines} lines; the rest is only in the log of worker {worker}";
        }

        waiting.Enqueue((at, Storable(text)));
        if (waiting.Count <= MostWaiting) return;
        waiting.Dequeue();
        dropped++;
    }

    /// <summary>Takes the oldest lines and numbers them; null when none waits. What was taken never changes its number.</summary>
    /// <param name="most">At least 1.</param>
    public LogBatch? Take(int most)
    {
        if (IsEmpty) return null;
        List<LogLine> lines = [];
        if (dropped > 0)
        {
            lines.Add(new(nextSeq++, waiting.Peek().At, $"… {dropped} lines are missing here: too many waited for the server; they are in the log of worker {worker}"));
            dropped = 0;
        }

        while (lines.Count < most && waiting.TryDequeue(out var line)) lines.Add(new(nextSeq++, line.At, line.Text));
        return new(attempt.Experiment, attempt.Fence, lines);
    }

    // Databases hold no zero characters; a cut must not part a surrogate pair.
    private static string Storable(string text)
    {
        var whole = text.Replace('\0', '\uFFFD');
        if (whole.Length <= LongestLine) return whole;
        var end = LongestLine - 1;
        return whole[..(char.IsHighSurrogate(whole[end - 1]) ? end - 1 : end)] + "…";
    }
}
