using TorchSharp;
using static TorchSharp.torch;

namespace ViViT.Models.Weights;

/// <summary>A flat tensor [K, P] of zeros and its gradient, with a leaf view for each parameter whose <c>grad</c> is a view into the gradient.</summary>
internal sealed class LeafViews : IDisposable
{
    private readonly Tensor[] leaves;
    private readonly Tensor[] gradients = [];

    public LeafViews(ParameterLayout layout, int members, ScalarType type, Device device, bool withGradients)
    {
        Values = zeros([members, layout.Count], type, device).DetachFromDisposeScope();
        leaves = [.. layout.Slots.Select(slot => View(Values, slot, members))];
        if (!withGradients)
        {
            return;
        }

        Gradients = zeros([members, layout.Count], type, device).DetachFromDisposeScope();
        gradients = [.. layout.Slots.Select(slot => View(Gradients, slot, members))];
        foreach (var (leaf, gradient) in leaves.Zip(gradients))
        {
            leaf.requires_grad = true;
            leaf.grad = gradient;
        }
    }

    /// <summary>[K, P].</summary>
    public Tensor Values { get; }

    /// <summary>[K, P]; null when made without gradients.</summary>
    public Tensor? Gradients { get; }

    public Tensor this[ParameterSlot slot] => leaves[slot.Index];

    public void Dispose()
    {
        foreach (var view in leaves.Concat(gradients))
        {
            view.Dispose();
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
