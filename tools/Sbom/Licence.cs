using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;

namespace ViViT.Sbom;

/// <summary>The licence that a package names.</summary>
internal static class Licence
{
    /// <returns>CycloneDX' list of licences; null when the package names none.</returns>
    /// <exception cref="FormatException">The nuspec is not XML.</exception>
    public static JsonArray? Of(string nuspec)
    {
        try
        {
            var metadata = XDocument.Load(nuspec).Root!.Elements().First(element => element.Name.LocalName == "metadata");
            var licence = Element(metadata, "license");
            var address = Element(metadata, "licenseUrl")?.Value.Trim();
            return (licence?.Attribute("type")?.Value, licence?.Value.Trim()) switch
            {
                ("expression", { Length: > 0 } expression) => [new JsonObject { ["expression"] = expression }],
                ("file", { Length: > 0 } file) => [new JsonObject { ["license"] = new JsonObject { ["name"] = $"{file} of the package" } }],
                _ when Uri.TryCreate(address, UriKind.Absolute, out _) => [new JsonObject { ["license"] = new JsonObject { ["name"] = "as told at its address", ["url"] = address } }],
                _ => null,
            };
        }
        catch (Exception wrong) when (wrong is XmlException or InvalidOperationException)
        {
            throw new FormatException($"{nuspec} is no nuspec: {wrong.Message}", wrong);
        }
    }

    private static XElement? Element(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name);
}
