using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

/// <summary>
/// A family of 96 validation curves of 81 epochs, which cross: v(e) = q - (q - 0.5) exp(-e / t) + 0.005 u(e), with the final quality q in
/// [0.55, 0.95), the pace t in [1, 9) and the noise u(e) in [-1, 1) of each curve drawn on its own.
/// </summary>
internal static class LearningCurves
{
    public const int Count = 96;
    public const int Epochs = 81;
    public const double Noise = 0.005;

    public static double Value(int curve, int epoch)
    {
        var quality = 0.55 + (0.4 * Draw.Uniform(1, "quality", curve));
        var pace = 1 + (8 * Draw.Uniform(1, "pace", curve));
        return quality - ((quality - 0.5) * Math.Exp(-epoch / pace)) + (Noise * ((2 * Draw.Uniform(1, "noise", (curve * 1000L) + epoch)) - 1));
    }

    public static double Last(int curve) => Value(curve, Epochs);

    /// <summary>
    /// Trains them all: each worker takes the next curve of a random order, and works at a pace that varies from curve to curve. A curve is judged at its
    /// milestones, in the order in which the workers come to them.
    /// </summary>
    /// <returns>Epochs that were trained, the best last value, and the judgements in their order.</returns>
    public static (int Trained, double Best, List<Judgement> History) Simulate(StoppingSpec stopping, int workers, int order)
    {
        var random = new Random(order);
        var waiting = new Queue<int>(Enumerable.Range(0, Count).OrderBy(_ => random.Next()));
        var (busy, history) = (new PriorityQueue<(int Curve, int Epoch, double Pace), double>(), new List<Judgement>());
        var (trained, best) = (0, double.NegativeInfinity);
        for (var worker = 0; worker < workers; worker++) Start(0);
        while (busy.TryDequeue(out var one, out var time))
        {
            trained++;
            var ended = one.Epoch == Epochs;
            if (ended) best = Math.Max(best, Value(one.Curve, Epochs));
            else if (StoppingRules.Milestones(stopping, one.Curve, Epochs).Contains(one.Epoch))
            {
                history.Add(StoppingRules.Judge(stopping, history, new(one.Curve, "shapes", one.Epoch, Value(one.Curve, one.Epoch))));
                ended = history[^1].Stop;
            }

            if (ended) Start(time);
            else busy.Enqueue((one.Curve, one.Epoch + 1, one.Pace), time + one.Pace);
        }

        return (trained, best, history);

        void Start(double time)
        {
            var pace = 0.5 + random.NextDouble();
            if (waiting.TryDequeue(out var curve)) busy.Enqueue((curve, 1, pace), time + pace);
        }
    }
}
