using Microsoft.Extensions.Logging;

namespace ViViT.Worker.Agent;

internal sealed partial class ServerLink
{
    [LoggerMessage(LogLevel.Warning, "The server {Server} does not answer; training goes on, asking again until it does. {Why}")]
    private partial void ServerGone(Uri server, string why);

    [LoggerMessage(LogLevel.Information, "The server {Server} answers again after {Seconds:0.0} s")]
    private partial void ServerBack(Uri server, double seconds);
}
