using System.Reflection;

namespace ViViT.Worker;

/// <summary>Which build this is, e.g. <c>0.1.0+40-digit-commit</c>.</summary>
internal static class BuildVersion
{
    public static string Text { get; } =
        typeof(BuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
