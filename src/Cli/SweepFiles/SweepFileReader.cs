using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ViViT.Contracts;
using ViViT.Contracts.Specs;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace ViViT.Cli.SweepFiles;

/// <summary>Reads a sweep file and tells everything that is wrong with it at once, with its place.</summary>
internal static partial class SweepFileReader
{
    private const int LargestFile = 1 << 20;

    // A sweep nests four deep; the YAML library recurses, and a stack that overflows cannot be caught.
    private const int Deepest = 20;

    /// <exception cref="SweepFileException">The file cannot be read, or does not describe a sound sweep.</exception>
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
        SweepFileException Refuse(long line, long column, string message) => new(path, [new(line, column, message)]);
        try
        {
            if (new FileInfo(path).Length > LargestFile) throw Refuse(1, 1, $"the file is larger than {LargestFile >> 10} KiB. A sweep file is a page of text: is this the right one?");
            var text = File.ReadAllText(path);
            if (Unreadable(text) is { } place) throw Refuse(place.Line, place.Column, place.Message);
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents switch
            {
                [] or [{ RootNode: YamlScalarNode { Value: null or "" } }] => throw Refuse(1, 1, "the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml."),
                [var document] => document.RootNode,
                [_, var second, ..] => throw Refuse(second.RootNode.Start.Line, 1, "a second document starts here. Give one sweep a file."),
            };
        }
        catch (YamlException wrong)
        {
            throw Refuse(wrong.Start.Line, wrong.Start.Column, $"this is not YAML: {Position().Replace(wrong.Message, "")}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read: {unreadable.Message}", ExitCodes.Usage);
        }
    }

    /// <summary>What the YAML library would stumble over: nesting and aliases that unfold without end, and text that its scanner has no message for.</summary>
    private static FileProblem? Unreadable(string text)
    {
        var scanner = new Scanner(new StringReader(text));
        var parser = new Parser(scanner);
        try
        {
            for (var depth = 0; parser.MoveNext();)
            {
                var (found, place) = (parser.Current!, parser.Current!.Start);
                depth += found.NestingIncrease;
                if (depth > Deepest) return new(place.Line, place.Column, "nested deeper than any sweep. See sweeps/quickstart.yaml for the form.");
                if (found is AnchorAlias alias) return new(place.Line, place.Column, $"aliases (*{alias.Value}) are not read. Write the value out.");
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            var place = scanner.CurrentPosition;
            return new(place.Line, place.Column, "this is not YAML. Put texts with punctuation in quotes.");
        }
    }

    [GeneratedRegex(@"^\(Line:.*?\) - \(Line:.*?\): ")]
    private static partial Regex Position();
}
