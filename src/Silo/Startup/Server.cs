using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using ViViT.Contracts.Configuration;
using ViViT.Silo.Security;

namespace ViViT.Silo.Startup;

/// <summary>How the process serves and logs.</summary>
internal static partial class Server
{
    private const int LargestHeaders = 16 << 10;
    private const int MostHeaders = 50;
    private const string Time = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>The API on these endpoints, with TLS when there is a certificate; management without. The limits keep one bad client from exhausting the silo.</summary>
    public static void ServeOn(this KestrelServerOptions kestrel, IEnumerable<IPEndPoint> endpoints, TlsCertificate? certificate, IEnumerable<IPEndPoint> management)
    {
        foreach (var endpoint in endpoints)
        {
            kestrel.Listen(endpoint, listen => certificate?.ServeOn(listen));
        }

        foreach (var endpoint in management)
        {
            kestrel.Listen(endpoint);
        }

        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = AccessRules.Small; // each route has its own
        kestrel.Limits.MaxRequestHeadersTotalSize = LargestHeaders;
        kestrel.Limits.MaxRequestHeaderCount = MostHeaders;
        kestrel.Limits.MaxConcurrentConnections = 10_000;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    /// <summary>One line per entry on stderr, for people or as an object with its scopes; of the frameworks only what is amiss.</summary>
    public static void AddSiloConsole(this ILoggingBuilder logging, LogFormat format)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddFilter("ViViT", LogLevel.Information);
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // what it logs it also throws, and Program tells it
        if (format == LogFormat.Json)
        {
            logging.Configure(tracked => tracked.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
            logging.AddJsonConsole(console => (console.TimestampFormat, console.UseUtcTimestamp, console.IncludeScopes) = (Time, true, true));
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = $"{Time} ";
                console.UseUtcTimestamp = true;
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    [LoggerMessage(LogLevel.Information, "Serving {Addresses}; a lease lives {TermSeconds} s without a heartbeat")]
    public static partial void Serving(this ILogger log, string addresses, double termSeconds);
}
