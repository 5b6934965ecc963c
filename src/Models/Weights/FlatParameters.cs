using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Weights;

/// <summary>
/// The parameters of K members as one tensor [K, P] (float32), and their gradients as another. The layers see leaf views into the first
/// whose <c>grad</c> are views into the second: autograd adds into the flat buffer in place, and an optimiser needs a handful of
/// operations however many layers there are. Zero the gradients before a backward pass, never detach them.
/// </summary>
public sealed class FlatParameters : IDisposable
{
    private readonly Tensor[] leaves;
    private readonly Tensor[] leafGradients = [];

    /// <param name="withGradients">False for weights that are only kept and evaluated.</param>
    public FlatParameters(ParameterLayout layout, int members, Device device, bool withGradients)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(members, 1);
        Layout = layout;
        Members = members;
        using var grad = no_grad();
        Values = zeros([members, layout.Count], ScalarType.Float32, device).DetachFromDisposeScope();
        leaves = [.. layout.Slots.Select(slot => View(Values, slot, members))];
        if (!withGradients)
        {
            return;
        }

        Gradients = zeros([members, layout.Count], ScalarType.Float32, device).DetachFromDisposeScope();
        leafGradients = [.. layout.Slots.Select(slot => View(Gradients, slot, members))];
        for (var i = 0; i < leaves.Length; i++)
        {
            leaves[i].requires_grad = true;
            leaves[i].grad = leafGradients[i];
        }
    }

    public ParameterLayout Layout { get; }

    /// <summary>K.</summary>
    public int Members { get; }

    /// <summary>[K, P].</summary>
    public Tensor Values { get; }

    /// <summary>[K, P]; null when made without gradients.</summary>
    public Tensor? Gradients { get; }

    /// <summary>The parameter of all members, [K, …].</summary>
    public Tensor this[ParameterSlot slot] => leaves[slot.Index];

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
    }

    public void Dispose()
    {
        foreach (var leaf in leaves)
        {
            leaf.Dispose();
        }

        foreach (var gradient in leafGradients)
        {
            gradient.Dispose();
        }

        Values.Dispose();
        Gradients?.Dispose();
    }

    private static Tensor View(Tensor flat, ParameterSlot slot, int members)
    {
        using var scope = NewDisposeScope();
        return flat.narrow(1, slot.Offset, slot.Count).view(slot.GroupShape(members)).detach().DetachFromDisposeScope();
    }
}
