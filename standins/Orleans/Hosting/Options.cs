using System.Net;

namespace Orleans.Configuration;

/// <summary>Which cluster and service the silo belongs to.</summary>
public class ClusterOptions
{
    public const string DefaultClusterId = "default";
    public const string DefaultServiceId = "default";

    public string ClusterId { get; set; } = DefaultClusterId;

    public string ServiceId { get; set; } = DefaultServiceId;
}

/// <summary>The silo's own name.</summary>
public class SiloOptions
{
    public string SiloName { get; set; } = null!;
}

/// <summary>Where the silo would listen. One silo in one process listens nowhere.</summary>
public class EndpointOptions
{
    public const int DEFAULT_SILO_PORT = 11111;
    public const int DEFAULT_GATEWAY_PORT = 30000;

    public IPAddress AdvertisedIPAddress { get; set; } = IPAddress.Loopback;

    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;

    public IPEndPoint? SiloListeningEndpoint { get; set; }

    public IPEndPoint? GatewayListeningEndpoint { get; set; }
}

/// <summary>How calls are made.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits for an answer.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call that timed out is told to stop, by its cancellation token.</summary>
    public bool CancelRequestOnTimeout { get; set; }
}

public class SiloMessagingOptions : MessagingOptions;

/// <summary>When idle grains end.</summary>
public class GrainCollectionOptions
{
    /// <summary>How often is looked; less than any age.</summary>
    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Other ages, by the grain class's full name.</summary>
    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}
