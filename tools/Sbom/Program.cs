using ViViT.Sbom;

// What a program is made of, as CycloneDX: Sbom NAME VERSION PROJECT.ASSETS.JSON OUT
if (args is not [var name, var version, var assets, var target])
{
    Console.Error.WriteLine("Usage: ViViT.Sbom NAME VERSION path/to/project.assets.json OUT.cdx.json");
    return 2;
}

try
{
    var bill = Bill.Of(name, version, AssetsFile.Read(assets));
    Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
    File.WriteAllText(target, bill.ToJsonString(Bill.Form) + "\n");
    return 0;
}
catch (Exception unusable) when (unusable is IOException or UnauthorizedAccessException or FormatException)
{
    Console.Error.WriteLine($"{assets}: {unusable.Message} Restore the project first (dotnet restore).");
    return 1;
}
