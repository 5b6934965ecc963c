using ViViT.Worker.Telemetry;

namespace ViViT.Worker.Agent;

/// <summary>Ends a worker that has been without work for a while: each slot has asked twice in a row, at the server's leisure, and got nothing.</summary>
internal sealed class IdleDrain(int slots, AgentHealth health, Closing closing)
{
    private const int InVain = 2;

    private readonly Lock gate = new();
    private readonly int[] inARow = new int[slots];

    /// <summary>A slot got something to do.</summary>
    public void Found(int slot)
    {
        lock (gate)
        {
            inARow[slot] = 0;
        }
    }

    /// <summary>A slot asked in vain.</summary>
    public void FoundNothing(int slot)
    {
        lock (gate)
        {
            inARow[slot]++;
            if (!health.IsRegistered || inARow.Any(times => times < InVain)) return;
        }

        closing.Begin("found no more work");
    }
}
