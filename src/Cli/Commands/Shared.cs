using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using ViViT.Cli.Output;

namespace ViViT.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class Shared
{
    public static Option<string> Output()
    {
        var output = new Option<string>("--output", "-o") { Description = "table for people, json for programs", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json");
        return output;
    }

    public static Argument<FileInfo> File() => new("FILE") { Description = "A sweep file, e.g. sweeps/quickstart.yaml" };

    public static Argument<long> Id(string what) => new("ID")
    {
        Description = $"Number of the {what}",
        CustomParser = given =>
        {
            var text = given.Tokens[0].Value;
            if (!long.TryParse(text, CultureInfo.InvariantCulture, out var id)) given.AddError($"'{text}' is no number of a {(what == "token" ? "token. Find it: vivit token list" : "sweep or experiment. Find it: vivit sweep list, vivit sweep status")}");
            return id;
        },
    };

    public static Option<bool> Follow() => new("--follow", "-f") { Description = "Go on with what comes; Ctrl-C ends it" };

    public static Option<string?> Key() => new("--key") { Description = "Repeating the command with the same key and file finds the sweep of the first time" };

    /// <summary>For one submission: should its answer be lost, asking again makes no second sweep.</summary>
    public static string FreshKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public static Option<bool> Watch() => new("--watch", "-w") { Description = "Follow until the sweep ends; Ctrl-C stops following and nothing else" };

    /// <summary>Notes on stderr, for whatever reports its progress in words; none when <paramref name="quiet"/>.</summary>
    public static IProgress<string> Notes(bool quiet = false) => new Told(quiet);

    private sealed class Told(bool quiet) : IProgress<string>
    {
        public void Report(string value)
        {
            if (!quiet) Terminal.Note(value);
        }
    }
}
