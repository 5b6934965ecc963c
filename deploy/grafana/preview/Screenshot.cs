using System.Diagnostics;

namespace ViViT.Preview;

/// <summary>Has a headless chromium take the picture of a page.</summary>
internal static class Screenshot
{
    /// <exception cref="InvalidOperationException">There is no chromium, or it fails.</exception>
    public static async Task Take(string svg, int width, int height, string path)
    {
        var folder = Directory.CreateTempSubdirectory("vivit-preview-").FullName;
        try
        {
            var page = Path.Combine(folder, "page.html");
            await File.WriteAllTextAsync(page, $"<!doctype html><meta charset='utf-8'><body style='margin:0'>{svg}</body>");
            var start = new ProcessStartInfo("chromium",
                ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
                 $"--user-data-dir={Path.Combine(folder, "profile")}", $"--window-size={width},{height}", $"--screenshot={Path.GetFullPath(path)}", $"file://{page}"]) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var chromium = Process.Start(start)!;
            var (_, errors) = (chromium.StandardOutput.ReadToEndAsync(), chromium.StandardError.ReadToEndAsync());
            await chromium.WaitForExitAsync();
            if (chromium.ExitCode != 0 || !File.Exists(path)) throw new InvalidOperationException($"chromium ended with {chromium.ExitCode} and without a picture: {await errors}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
