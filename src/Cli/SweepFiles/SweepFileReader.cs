using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace ViViT.Cli.SweepFiles;

/// <summary>Reads a sweep file and tells everything that is wrong with it at once, with its place.</summary>
internal static partial class SweepFileReader
{
    private const int LargestFile = 1 << 20;

    /// <exception cref="SweepFileException">The file does not describe a sound sweep.</exception>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static SweepSpec Read(string path)
    {
        var root = Parse(path);
        var converter = new SpecConverter();
        var json = converter.Convert(root, typeof(SweepSpec), "") as JsonObject;
        if (converter.Problems.Count > 0) throw new SweepFileException(path, converter.Problems);

        var sweep = json!.Deserialize<SweepSpec>(ContractsJson.Options)!;
        var unsound = SweepValidation.Check(sweep);
        return unsound.Count == 0 ? sweep : throw new SweepFileException(path, unsound.Select(problem => converter.At(problem.Path, $"{problem.Path}: {problem.Problem}. {problem.Remedy}")));
    }

    private static YamlNode Parse(string path)
    {
        SweepFileException Refuse(Mark place, string message) => new(path, [new(place.Line, place.Column, message)]);
        try
        {
            return Parse(Text(path) ?? throw Refuse(Mark.Empty, $"the file is larger than {LargestFile >> 10} KiB. A sweep file is a page of text: is this the right one?"), Refuse);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {unreadable.Message}", ExitCodes.Usage);
        }
    }

    // Null when there is too much: a pipe or a device does not tell its length beforehand.
    private static string? Text(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[LargestFile + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (count > LargestFile) return null;
        using var reader = new StreamReader(new MemoryStream(bytes, 0, count));
        return reader.ReadToEnd();
    }

    private static YamlNode Parse(string text, Func<Mark, string, Exception> refuse)
    {
        var parser = new BoundedParser(text, refuse);
        var stream = new YamlStream();
        try
        {
            stream.Load(parser);
        }
        catch (YamlException wrong)
        {
            throw refuse(wrong.Start, $"this is not YAML: {Position().Replace(wrong.Message, "")}");
        }
        catch (Exception wordless) when (wordless is InvalidOperationException or ArgumentException)
        {
            // The library's scanner and its tree refuse some texts without telling where or why.
            throw refuse(parser.Position, "this is not YAML. Put texts with punctuation in quotes.");
        }

        return stream.Documents switch
        {
            [] or [{ RootNode: YamlScalarNode { Value: null or "" } }] => throw refuse(Mark.Empty, "the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml."),
            [var document] => document.RootNode,
            [_, var second, ..] => throw refuse(new Mark(0, second.RootNode.Start.Line, 1), "a second document starts here. Give one sweep a file."),
        };
    }

    [GeneratedRegex(@"^\(Line:.*?\) - \(Line:.*?\): ")]
    private static partial Regex Position();
}
