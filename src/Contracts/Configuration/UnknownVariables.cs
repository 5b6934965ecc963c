using System.Text.RegularExpressions;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Configuration;

/// <summary>Finds misspelt variables. They are a reason to say so and none to fail: others may put any into an environment.</summary>
public static partial class UnknownVariables
{
    private const string Prefix = "VIVIT_";

    /// <summary>A line for each variable that looks like a setting and is none.</summary>
    /// <param name="names">Of all environment variables.</param>
    public static IEnumerable<string> Warnings(IEnumerable<string> names)
    {
        var known = Settings.All.Select(setting => setting.Variable).ToArray();
        return names.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name) && !ServiceLink().IsMatch(name)).Order(StringComparer.Ordinal)
            .Select(name => $"{new GivenSetting(name, name).Shown} is no setting and changes nothing.{(Spelling.Nearest(name, known) is { } near ? $" Did you mean {near}?" : "")}");
    }

    /// <summary>Says so of this process's.</summary>
    public static void Tell(TextWriter to)
    {
        foreach (var warning in Warnings(Environment.GetEnvironmentVariables().Keys.Cast<string>())) to.WriteLine(warning);
    }

    // Kubernetes tells every pod of the services beside it: of one called vivit-silo as VIVIT_SILO_SERVICE_HOST, VIVIT_SILO_PORT_5860_TCP and so on.
    [GeneratedRegex("_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT$|_PORT_[0-9]+_(TCP|UDP|SCTP)")]
    private static partial Regex ServiceLink();
}
