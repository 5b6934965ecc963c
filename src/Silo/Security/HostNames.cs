using System.Net;
using ViViT.Contracts.Configuration;

namespace ViViT.Silo.Security;

/// <summary>
/// Refuses requests for another's name. A page in a browser can have its own name point to this machine and so make the browser ask here; what listens
/// on loopback is only ever asked for by a name of this machine, or one that the operator gave to a proxy.
/// </summary>
internal sealed class HostNames(RequestDelegate next, SecurityOptions options)
{
    public Task Invoke(HttpContext context) => IsOurs(context.Request.Host.Host, context.Connection.LocalIpAddress)
        ? next(context)
        : TypedResults.Problem($"The name that the request asks for is not this silo's. Ask for localhost or an address, or list the name in {Settings.AllowedHosts.Variable}.", statusCode: StatusCodes.Status421MisdirectedRequest).ExecuteAsync(context);

    private bool IsOurs(string host, IPAddress? local) =>
        IsLoopback(host)
        || (options.AllowedHosts.Count > 0
            ? options.AllowedHosts.Contains("*") || options.AllowedHosts.Contains(host) || (IPAddress.TryParse(host.Trim('[', ']'), out var asked) && asked.Equals(local))
            : local is not null && !IPAddress.IsLoopback(local));

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
