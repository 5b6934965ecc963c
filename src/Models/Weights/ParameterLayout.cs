namespace ViViT.Models.Weights;

/// <summary>Where each parameter of a model lies in the flat vector of all of them. Filled by the layers as they are built.</summary>
public sealed class ParameterLayout
{
    private readonly List<ParameterSlot> slots = [];

    public IReadOnlyList<ParameterSlot> Slots => slots;

    /// <summary>Numbers in all parameters of one member: P.</summary>
    public long Count { get; private set; }

    /// <summary>Appends a parameter.</summary>
    /// <param name="name">Its name in weight files, unique and stable, e.g. <c>blocks.0.mlp.up.weight</c>.</param>
    public ParameterSlot Add(string name, Initial initial, params long[] shape)
    {
        if (slots.Exists(slot => slot.Name == name))
        {
            throw new ArgumentException($"There are two parameters named '{name}'.", nameof(name));
        }

        var slot = new ParameterSlot(slots.Count, name, Count, shape, initial);
        slots.Add(slot);
        Count += slot.Count;
        return slot;
    }
}

/// <summary>One parameter of a model.</summary>
/// <param name="Index">Position in the layout.</param>
/// <param name="Offset">Of its first number in a member's flat vector.</param>
/// <param name="Shape">Of one member's parameter, C order.</param>
public sealed record ParameterSlot(int Index, string Name, long Offset, IReadOnlyList<long> Shape, Initial Initial)
{
    public long Count => Shape.Aggregate(1L, (product, extent) => product * extent);

    /// <summary>Shape for K members; a vector gets an axis of one, [K, 1, n], so that it broadcasts over rows.</summary>
    internal long[] GroupShape(int members) => Shape.Count == 1 ? [members, 1, Shape[0]] : [members, .. Shape];
}
