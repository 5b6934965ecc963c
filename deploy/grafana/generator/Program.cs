using ViViT.Dashboards;

// Writes deploy/grafana/dashboards/*.json, or into the folder that is given.
var folder = args is [var chosen] ? chosen : DashboardFiles.Folder;
Directory.CreateDirectory(folder);
foreach (var (name, text) in DashboardFiles.All())
{
    await File.WriteAllTextAsync(Path.Combine(folder, name), text);
    Console.WriteLine(Path.Combine(folder, name));
}
