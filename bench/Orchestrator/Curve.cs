namespace ViViT.Bench.Orchestrator;

/// <summary>What an experiment costs by the length of the queue it comes from.</summary>
internal static class Curve
{
    private const int Width = 40;

    /// <param name="costs">Milliseconds of wall clock for a grant and its outcome.</param>
    public static void Print(IReadOnlyList<(int Queued, double Milliseconds)> costs, int slots)
    {
        Console.WriteLine($"curve: grant and outcome, {slots} slots, ms of wall clock each\n   queued |     ms | to the first");
        foreach (var (queued, milliseconds) in costs)
        {
            Report.Line($"{queued,9:N0} | {milliseconds,6:F2} | {milliseconds / costs[0].Milliseconds,12:F2} {new string('#', (int)(Width * milliseconds / costs.Max(cost => cost.Milliseconds)))}");
        }
    }
}
