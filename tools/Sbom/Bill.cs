using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Sbom;

/// <summary>A bill of materials in CycloneDX 1.6 JSON. The same input gives the same bytes: no time, no machine, a serial number made of the content.</summary>
internal static class Bill
{
    public static JsonSerializerOptions Form { get; } = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonObject Of(string name, string version, AssetsFile assets)
    {
        var references = assets.Libraries.ToDictionary(library => library.Name, Reference, StringComparer.OrdinalIgnoreCase);
        var root = $"{name}@{version}";
        var bill = new JsonObject
        {
            ["$schema"] = "http://cyclonedx.org/schema/bom-1.6.schema.json",
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["component"] = new JsonObject { ["type"] = "application", ["bom-ref"] = root, ["name"] = name, ["version"] = version },
                ["tools"] = new JsonObject { ["components"] = new JsonArray(new JsonObject { ["type"] = "application", ["name"] = "ViViT.Sbom" }) },
            },
            ["components"] = new JsonArray([.. assets.Libraries.Select(Component), .. assets.Frameworks.Select(Framework)]),
            ["dependencies"] = new JsonArray(
            [
                Depends(root, [.. Roots(assets).Select(Reference), .. assets.Frameworks.Select(FrameworkReference)]),
                .. assets.Libraries.Select(library => Depends(Reference(library), library.Needs.Where(references.ContainsKey).Select(need => references[need]))),
                .. assets.Frameworks.Select(framework => Depends(FrameworkReference(framework), [])),
            ]),
        };
        bill.Insert(3, "serialNumber", $"urn:uuid:{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(bill.ToJsonString()))[..16])}");
        return bill;
    }

    // What nothing else in the closure asks for, the program asks for itself.
    private static IEnumerable<Library> Roots(AssetsFile assets)
    {
        var needed = assets.Libraries.SelectMany(library => library.Needs).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return assets.Libraries.Where(library => !needed.Contains(library.Name));
    }

    private static JsonObject Component(Library library)
    {
        var component = new JsonObject { ["type"] = "library", ["bom-ref"] = Reference(library), ["name"] = library.Name, ["version"] = library.Version, ["scope"] = library.IsShipped ? "required" : "excluded" };
        if (library.Sha512 is { } hash) component["hashes"] = new JsonArray(new JsonObject { ["alg"] = "SHA-512", ["content"] = hash });
        if (library.Nuspec is { } nuspec && Licence.Of(nuspec) is { } licences) component["licenses"] = licences;
        if (library.IsPackage) component["purl"] = Reference(library);
        return component;
    }

    private static JsonObject Framework(string name) => new JsonObject { ["type"] = "framework", ["bom-ref"] = FrameworkReference(name), ["name"] = name };

    private static JsonObject Depends(string reference, IEnumerable<string> on) => new JsonObject { ["ref"] = reference, ["dependsOn"] = new JsonArray([.. on.Select(one => JsonValue.Create(one))]) };

    private static string Reference(Library library) =>
        library.IsPackage ? $"pkg:nuget/{Uri.EscapeDataString(library.Name)}@{Uri.EscapeDataString(library.Version)}" : $"{library.Name}@{library.Version}";

    private static string FrameworkReference(string name) => $"framework:{name}";
}
