using Npgsql;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>How many experiments of a shape train best as one, by kind of device: what <see cref="Leases.Claim"/> forms groups by.</summary>
public sealed class GroupSizes(NpgsqlDataSource database)
{
    /// <summary>Remembers a result. Workers may have measured side by side: the first one to tell is right, so that all groups are formed alike.</summary>
    public async Task Store(MeasuredShape measured, CancellationToken cancellation) => await database.Execute("""
        -- GroupSizes.Store
        insert into group_size (device, shape, size, sizes, samples_per_second) values (@device, @shape, @size, @sizes, @speeds) on conflict do nothing
        """, cancellation, ("device", measured.DeviceKind), ("shape", measured.Shape), ("size", measured.Size),
        ("sizes", measured.Sizes.ToArray()), ("speeds", measured.SamplesPerSecond.ToArray()));
}
