using System.Text.Json;
using System.Text.Json.Nodes;

namespace ViViT.Sbom.Tests;

/// <summary>Bills of the real programs against what NuGet resolved for them, and against those rules of CycloneDX that can be told without its schema.</summary>
public sealed class BillTests
{
    public static TheoryData<string> Programs => ["Silo", "Worker", "Cli"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void Every_package_of_the_closure_is_there_with_its_hash(string program)
    {
        using var resolved = JsonDocument.Parse(File.ReadAllText(Assets(program)));
        var packages = resolved.RootElement.GetProperty("libraries").EnumerateObject().Where(library => library.Value.GetProperty("type").GetString() == "package").ToList();
        Assert.NotEmpty(packages);

        var components = Components(BillOf(program)).ToDictionary(component => $"{component["name"]}/{component["version"]}");

        foreach (var package in packages)
        {
            var component = components[package.Name];
            var hash = Convert.ToHexStringLower(Convert.FromBase64String(package.Value.GetProperty("sha512").GetString()!));
            Assert.Equal(("SHA-512", hash), ((string)component["hashes"]![0]!["alg"]!, (string)component["hashes"]![0]!["content"]!));
            Assert.Equal($"pkg:nuget/{package.Name.Replace('/', '@')}", (string)component["purl"]!);
        }

        Assert.Equal(packages.Count, components.Values.Count(component => component["purl"] is not null));
        Assert.Contains(components.Values, component => (string)component["name"]! == "ViViT.Contracts" && component["purl"] is null);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public void The_bill_keeps_to_the_specification(string program)
    {
        var bill = BillOf(program);
        var references = Components(bill).Append(bill["metadata"]!["component"]!).Select(component => (string)component["bom-ref"]!).ToList();

        Assert.Equal(("CycloneDX", "1.6", 1), ((string)bill["bomFormat"]!, (string)bill["specVersion"]!, (int)bill["version"]!));
        Assert.Matches("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$", (string)bill["serialNumber"]!);
        Assert.Equal(references.Count, references.Distinct(StringComparer.Ordinal).Count());
        foreach (var component in Components(bill))
        {
            Assert.Contains((string)component["type"]!, new[] { "library", "framework" });
            Assert.NotEmpty((string)component["name"]!);
            Assert.Contains((string?)component["scope"], new[] { "required", "excluded", null });
            Assert.Empty(component.AsObject().Select(member => member.Key).Except(["type", "bom-ref", "name", "version", "scope", "hashes", "licenses", "purl"]));
            if (component["purl"] is { } purl) Assert.Matches(@"^pkg:nuget/[A-Za-z0-9._-]+@[A-Za-z0-9._-]+$", (string)purl!);
            if (component["hashes"] is { } hashes) Assert.Matches("^[a-f0-9]{128}$", (string)hashes[0]!["content"]!);
        }

        var depends = bill["dependencies"]!.AsArray();
        Assert.Equal(references.Order(StringComparer.Ordinal), depends.Select(one => (string)one!["ref"]!).Order(StringComparer.Ordinal));
        foreach (var one in depends)
        {
            var on = one!["dependsOn"]!.AsArray().Select(other => (string)other!).ToList();
            Assert.Empty(on.Except(references));
            Assert.Equal(on.Count, on.Distinct(StringComparer.Ordinal).Count());
        }

        Assert.Equal(references.Order(StringComparer.Ordinal), Reached(bill).Order(StringComparer.Ordinal));
        Assert.Equal(bill.ToJsonString(), BillOf(program).ToJsonString());
    }

    [Fact]
    public void Licences_are_told_as_the_packages_tell_them()
    {
        using var folder = new Folder();
        folder.Package("expressed", """<license type="expression">MIT OR Apache-2.0</license><licenseUrl>https://licenses.nuget.org/x</licenseUrl>""");
        folder.Package("filed", """<license type="file">LICENSE.txt</license>""");
        folder.Package("addressed", "<licenseUrl>https://example.org/licence</licenseUrl>");
        folder.Package("silent", "");

        var components = Components(Bill.Of("Program", "1.0.0", AssetsFile.Read(folder.Assets()))).ToDictionary(component => (string)component["name"]!);

        Assert.Equal("""[{"expression":"MIT OR Apache-2.0"}]""", components["expressed"]["licenses"]!.ToJsonString());
        Assert.Equal("""[{"license":{"name":"LICENSE.txt of the package"}}]""", components["filed"]["licenses"]!.ToJsonString());
        Assert.Equal("https://example.org/licence", (string)components["addressed"]["licenses"]![0]!["license"]!["url"]!);
        Assert.Null(components["silent"]["licenses"]);
        Assert.Equal(("required", "excluded"), ((string)components["expressed"]["scope"]!, (string)components["silent"]["scope"]!));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("no JSON")]
    public void What_is_no_resolution_is_refused(string content)
    {
        using var folder = new Folder();
        var path = Path.Combine(folder.Path, "project.assets.json");
        File.WriteAllText(path, content);

        Assert.Throws<FormatException>(() => AssetsFile.Read(path));
    }

    private static JsonObject BillOf(string program) => Bill.Of($"ViViT.{program}", "0.1.0", AssetsFile.Read(Assets(program)));

    private static IEnumerable<JsonNode> Components(JsonObject bill) => bill["components"]!.AsArray().Select(component => component!);

    private static HashSet<string> Reached(JsonObject bill)
    {
        var on = bill["dependencies"]!.AsArray().ToDictionary(one => (string)one!["ref"]!, one => one!["dependsOn"]!.AsArray().Select(other => (string)other!).ToArray());
        var reached = new HashSet<string>();
        var open = new Stack<string>([(string)bill["metadata"]!["component"]!["bom-ref"]!]);
        while (open.TryPop(out var one))
        {
            if (!reached.Add(one)) continue;
            foreach (var other in on[one]) open.Push(other);
        }

        return reached;
    }

    private static string Assets(string program) => Path.Combine(AppContext.BaseDirectory[..AppContext.BaseDirectory.LastIndexOf("/bin/", StringComparison.Ordinal)], "obj", program, "project.assets.json");

    /// <summary>A folder of packages, and what was resolved from it.</summary>
    private sealed class Folder : IDisposable
    {
        private readonly List<string> names = [];

        public string Path { get; } = Directory.CreateTempSubdirectory("vivit-sbom-").FullName;

        public void Package(string name, string licence)
        {
            names.Add(name);
            File.WriteAllText(System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(Path, name, "1.0.0")).FullName, $"{name}.nuspec"),
                $"""<package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{name}</id>{licence}</metadata></package>""");
        }

        public string Assets()
        {
            var file = System.IO.Path.Combine(Path, "project.assets.json");
            File.WriteAllText(file, new JsonObject
            {
                ["packageFolders"] = new JsonObject { [Path + "/"] = new JsonObject() },
                ["libraries"] = new JsonObject(names.Select(name => KeyValuePair.Create<string, JsonNode?>($"{name}/1.0.0", new JsonObject { ["type"] = "package", ["sha512"] = Convert.ToBase64String(new byte[64]), ["path"] = $"{name}/1.0.0" }))),
                ["targets"] = new JsonObject
                {
                    ["net10.0"] = new JsonObject(names.Select(name => KeyValuePair.Create<string, JsonNode?>($"{name}/1.0.0",
                        name == "silent" ? new JsonObject { ["type"] = "package" } : new JsonObject { ["type"] = "package", ["runtime"] = new JsonObject { ["lib/x.dll"] = new JsonObject() } }))),
                },
                ["project"] = new JsonObject { ["frameworks"] = new JsonObject { ["net10.0"] = new JsonObject() } },
            }.ToJsonString());
            return file;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
