using System.Globalization;
using System.Net;

namespace ViViT.Contracts.Configuration;

/// <summary>How the text of a setting becomes its value.</summary>
/// <param name="Accepts">To follow "Give".</param>
/// <param name="Parse">Throws <see cref="FormatException"/>, whose message goes on from the text (", which is …") or is empty.</param>
public sealed record SettingKind<T>(string Accepts, Func<string, T> Parse);

/// <summary>The kinds that there are.</summary>
public static class SettingKinds
{
    public static SettingKind<string> Text(string accepts) => new(accepts, text => text);

    /// <summary>A path, made absolute.</summary>
    public static SettingKind<string> Path(string accepts) => new(
        accepts, text => text.Contains('\0', StringComparison.Ordinal) ? throw Wrong() : System.IO.Path.GetFullPath(text));

    public static SettingKind<int> Count(int from, int to) => new(
        $"a whole number from {from} to {to}", text => Whole(text, from, to));

    public static SettingKind<int> Port { get; } = new("a port from 1 to 65535", text => Whole(text, 1, 65535));

    /// <summary>Seconds; parts of one are taken.</summary>
    public static SettingKind<TimeSpan> Seconds(double from, double to) => new(
        FormattableString.Invariant($"a number of seconds from {from} to {to}"),
        text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to ? TimeSpan.FromSeconds(value) : throw Wrong());

    public static SettingKind<bool> Switch { get; } = new("true or false", text => bool.TryParse(text, out var on) ? on : throw Wrong());

    /// <summary>One of an enum's members in snake or kebab case.</summary>
    public static SettingKind<T> OneOf<T>() where T : struct, Enum
    {
        var members = Enum.GetValues<T>().ToDictionary(member => System.Text.Json.JsonNamingPolicy.KebabCaseLower.ConvertName(member.ToString()));
        string[] names = [.. members.Keys];
        return new($"{string.Join(", ", names[..^1])} or {names[^1]}", text => members.TryGetValue(text, out var member) ? member : throw Wrong());
    }

    /// <summary>An absolute http or https address.</summary>
    public static SettingKind<Uri> Url { get; } = new(
        "an absolute http or https URL, e.g. http://127.0.0.1:5860",
        text => Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw Wrong());

    /// <summary>Where to listen.</summary>
    public static SettingKind<ListenAddress> Listen(string example) => new($"scheme, address and port, e.g. {example}", ListenAddress.Parse);

    internal static FormatException Wrong() => new("");

    private static int Whole(string text, int from, int to) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= from && value <= to ? value : throw Wrong();
}

/// <summary>Where a program listens.</summary>
/// <param name="EndPoints">One, or for <c>localhost</c> that of both families.</param>
public sealed record ListenAddress(bool Tls, IReadOnlyList<IPEndPoint> EndPoints)
{
    /// <summary>Only this machine can reach it.</summary>
    public bool IsLoopback => EndPoints.All(endpoint => IPAddress.IsLoopback(endpoint.Address));

    /// <exception cref="FormatException">It is no address to listen on.</exception>
    public static ListenAddress Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/") throw SettingKinds.Wrong();
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address)) return new(url.Scheme == "https", [new(address, url.Port)]);
        return url.IsLoopback
            ? new(url.Scheme == "https", [new(IPAddress.Loopback, url.Port), new(IPAddress.IPv6Loopback, url.Port)])
            : throw new FormatException(", a name, where an address of this machine is needed");
    }
}
