using TorchSharp;
using ViViT.Contracts.Specs;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Optimisers;

/// <summary>
/// A rule that moves the flat parameters of K members, each at its own rate and with its own weight decay. A step is a handful of operations
/// on [K, P], however many layers there are; nothing in it waits for the device, and what one member computes depends on no other.
/// </summary>
public abstract class FlatOptimiser : IDisposable
{
    // Numbers of all members together: on a CPU the operations of one chunk run while its arrays lie in the cache, and a chunk is long enough
    // that calling an operation costs little beside it; a GPU takes everything at once.
    private const long CacheChunk = 1 << 17;

    private readonly FlatParameters parameters;
    private readonly Tensor[][] chunks;

    /// <param name="parameters">Made with gradients; stays its owner's.</param>
    /// <param name="stateNames">Of the rule's states, zero at first.</param>
    private protected FlatOptimiser(FlatParameters parameters, IReadOnlyList<string> stateNames)
    {
        using var grad = no_grad();
        var gradients = parameters.Gradients ?? throw new ArgumentException("The parameters were made without gradients.", nameof(parameters));
        var values = parameters.Values;
        this.parameters = parameters;
        State = [.. stateNames.Select(name => (name, zeros_like(values).DetachFromDisposeScope()))];

        var count = values.shape[1];
        var length = values.device.type == DeviceType.CPU ? Math.Max(1, CacheChunk / parameters.Members) : Math.Max(1, count);
        Tensor[] flats = [values, gradients, .. State.Select(state => state.State_KP)];
        chunks = [.. Starts(count, length).Select(start => flats.Select(flat => flat.narrow(1, start, Math.Min(length, count - start)).DetachFromDisposeScope()).ToArray())];
    }

    /// <summary>
    /// What the rule keeps between steps: name and [K, P] float32. <c>adam.first</c> and <c>adam.second</c> are Adam's running means of the
    /// gradients and of their squares, <c>sgd.momentum</c> is SGD's velocity.
    /// </summary>
    public IReadOnlyList<(string Name, Tensor State_KP)> State { get; }

    /// <param name="parameters">Made with gradients; stays its owner's.</param>
    /// <param name="members">One per member; they differ in weight decay alone.</param>
    /// <exception cref="ArgumentException">Not one per member, members of several kinds or momenta, or parameters without gradients.</exception>
    public static FlatOptimiser Create(FlatParameters parameters, IReadOnlyList<TrainingSpec> members)
    {
        if (members.Count != parameters.Members)
        {
            throw new ArgumentException($"{members.Count} training settings for {parameters.Members} members.", nameof(members));
        }

        if (members.Select(member => (member.Optimiser, member.Momentum)).Distinct().Count() > 1)
        {
            throw new ArgumentException("The members of a group share the optimiser and its momentum.", nameof(members));
        }

        double[] weightDecays = [.. members.Select(member => member.WeightDecay)];
        return members[0].Optimiser switch
        {
            Optimiser.Adam => new FlatAdam(parameters, weightDecays, decoupled: false),
            Optimiser.AdamW => new FlatAdam(parameters, weightDecays, decoupled: true),
            Optimiser.Sgd => new FlatSgd(parameters, weightDecays, members[0].Momentum),
            var unknown => throw new ArgumentException($"{unknown} is no known optimiser.", nameof(members)),
        };
    }

    /// <summary>Moves the parameters against their gradients and zeroes the gradients.</summary>
    /// <param name="step">Number of this step, from 1.</param>
    /// <param name="rates">The members' step sizes, at least 0; at 0 the parameters stay.</param>
    public void Step(long step, IReadOnlyList<double> rates)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (rates.Count != parameters.Members)
        {
            throw new ArgumentException($"{rates.Count} rates for {parameters.Members} members.", nameof(rates));
        }

        using var grad = no_grad();
        using var scope = NewDisposeScope();
        Move(step, rates);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    private protected abstract void Move(long step, IReadOnlyList<double> rates);

    /// <summary>Views of equal places: weight, gradient, then the states in their order; [K, n] each.</summary>
    private protected IReadOnlyList<Tensor[]> Chunks => chunks;

    /// <summary>One number per member, on the device: float32 [K, 1].</summary>
    private protected Tensor PerMember(IEnumerable<double> values) =>
        HostNumbers.To(parameters.Values.device, values.Select(value => (float)value).ToArray(), parameters.Members, 1);

    protected virtual void Dispose(bool disposing)
    {
        foreach (var view in chunks.SelectMany(chunk => chunk))
        {
            view.Dispose();
        }

        foreach (var (_, state) in State)
        {
            state.Dispose();
        }
    }

    private static IEnumerable<long> Starts(long count, long length)
    {
        for (var start = 0L; start < count; start += length)
        {
            yield return start;
        }
    }
}
