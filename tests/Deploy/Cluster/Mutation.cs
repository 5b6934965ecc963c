using System.Globalization;
using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Cluster;

/// <summary>A change to one place of an object.</summary>
internal static class Mutation
{
    /// <param name="place">Path of a member or item; <c>~1</c> stands for a slash in a name.</param>
    /// <param name="yaml">What is put there; null takes it away.</param>
    public static void Put(Manifest into, string place, string? yaml)
    {
        var (folder, last) = (Path.GetDirectoryName(place)!, Path.GetFileName(place).Replace("~1", "/", StringComparison.Ordinal));
        var parent = folder.Length == 0 ? into.Body : into.Body.At(folder);
        if (parent is JsonArray list)
        {
            var at = int.Parse(last, CultureInfo.InvariantCulture);
            if (at < list.Count) list[at] = Yaml.Value(yaml!);
            else list.Add(Yaml.Value(yaml!));
        }
        else if (yaml is null)
        {
            Assert.True(parent!.AsObject().Remove(last), $"{into} has no {place}");
        }
        else
        {
            parent!.AsObject()[last] = Yaml.Value(yaml);
        }
    }
}
