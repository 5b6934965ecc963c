using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Weights;

/// <summary>
/// The parameters of K members as one tensor [K, P] (float32), and their gradients as another. The layers see leaf views into the first
/// whose <c>grad</c> are views into the second: autograd adds into the flat buffer in place, and an optimiser needs a handful of
/// operations however many layers there are. Zero the gradients before a backward pass, never detach them.
/// </summary>
/// <remarks>
/// Mixed precision keeps a bfloat16 copy of all parameters, with leaves and gradients of its own, for matrix products (Micikevicius et al.
/// 2018, "Mixed Precision Training", section 3.1): <see cref="GatherGradients"/> before the optimiser, <see cref="Refresh"/> after it.
/// </remarks>
public sealed class FlatParameters : IDisposable
{
    private readonly LeafViews leaves;
    private readonly LeafViews? copies;

    /// <param name="withGradients">False for weights that are only kept and evaluated.</param>
    /// <param name="mixed">Matrix products in bfloat16.</param>
    public FlatParameters(ParameterLayout layout, int members, Device device, bool withGradients, bool mixed = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        Layout = layout;
        Members = members;
        using var grad = no_grad();
        leaves = new LeafViews(layout, members, ScalarType.Float32, device, withGradients);
        copies = mixed ? new LeafViews(layout, members, ScalarType.BFloat16, device, withGradients) : null;
    }

    public ParameterLayout Layout { get; }

    /// <summary>K.</summary>
    public int Members { get; }

    /// <summary>[K, P], float32. Whoever changes it calls <see cref="Refresh"/>.</summary>
    public Tensor Values => leaves.Values;

    /// <summary>[K, P], float32; null when made without gradients.</summary>
    public Tensor? Gradients => leaves.Gradients;

    /// <summary>The parameter of all members, [K, …], float32.</summary>
    public Tensor this[ParameterSlot slot] => leaves[slot];

    /// <summary>The parameter of all members as a matrix product takes it, [K, …]: bfloat16 in mixed precision, else float32.</summary>
    public Tensor Factor(ParameterSlot slot) => (copies ?? leaves)[slot];

    /// <summary>Adds the gradients of the bfloat16 copies to <see cref="Gradients"/> and zeroes them; nothing to do but in mixed precision.</summary>
    public void GatherGradients()
    {
        if (copies?.Gradients is { } gradients)
        {
            Gradients!.add_(gradients);
            gradients.zero_();
        }
    }

    /// <summary>Brings the bfloat16 copies up to <see cref="Values"/>; nothing to do but in mixed precision.</summary>
    public void Refresh()
    {
        using var grad = no_grad();
        copies?.Values.copy_(Values);
    }

    /// <summary>Sets one member's parameters to their initial values, each drawn from the sequence <c>initial/name</c> of the seed.</summary>
    public void Initialise(int member, int seed)
    {
        var values = new float[Layout.Count];
        foreach (var slot in Layout.Slots)
        {
            slot.Initial.Fill(values.AsSpan((int)slot.Offset, (int)slot.Count), RandomSequence.Of(seed, $"initial/{slot.Name}"));
        }

        Write(member, values);
    }

    /// <summary>One member's numbers in the order of the layout.</summary>
    public float[] Read(int member)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(Values.detach().narrow(0, member, 1).cpu().contiguous().bytes).ToArray();
    }

    /// <summary>Sets one member's numbers, in the order of the layout.</summary>
    public void Write(int member, float[] values)
    {
        if (values.Length != Layout.Count)
        {
            throw new ArgumentException($"{values.Length} numbers for {Layout.Count} parameters.", nameof(values));
        }

        using var scope = NewDisposeScope();
        using var grad = no_grad();
        Values.narrow(0, member, 1).copy_(tensor(values, ScalarType.Float32).view(1, values.Length));
        Refresh();
    }

    public void Dispose()
    {
        leaves.Dispose();
        copies?.Dispose();
    }
}
