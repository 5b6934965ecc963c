using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using ViViT.Contracts.Configuration;

namespace ViViT.Worker.Agent;

/// <summary>The agent's log: on stderr, a line an entry.</summary>
internal static class AgentLog
{
    public static ILoggerFactory Start(LogFormat format) => LoggerFactory.Create(logging =>
    {
        logging.AddFilter("Microsoft", LogLevel.Warning);   // of what serves metrics, only what is amiss
        if (format == LogFormat.Json) logging.AddJsonConsole(json => (json.IncludeScopes, json.UseUtcTimestamp, json.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        else logging.AddSimpleConsole(text => (text.SingleLine, text.TimestampFormat) = (true, "yyyy-MM-dd HH:mm:ss "));
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    });
}
