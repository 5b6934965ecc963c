using System.Net;
using System.Threading.RateLimiting;

namespace ViViT.Silo.Security;

/// <summary>How many requests without a valid token an address may make.</summary>
internal sealed class StrangerLimit : IDisposable
{
    private const int Burst = 100;
    private const int PerSecond = 20;

    private readonly PartitionedRateLimiter<IPAddress> limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetTokenBucketLimiter(Network(address), _ => new()
    {
        TokenLimit = Burst, TokensPerPeriod = PerSecond, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
    }));

    /// <summary>Whether the address may make one more now.</summary>
    public bool Admits(IPAddress? address)
    {
        using var lease = limiter.AttemptAcquire(address ?? IPAddress.None);
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();

    // Whoever has an address of IPv6 has the 2^64 of its network.
    private static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        if (address.AddressFamily != System.Net.Sockets.AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        Array.Clear(bytes, 8, 8);
        return new(bytes);
    }
}
