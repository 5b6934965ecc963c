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
            using var reader = File.OpenText(path);
            var stream = new YamlStream();
            stream.Load(reader);
            return stream.Documents switch
            {
                [var document] => document.RootNode,
                [] => throw Refuse(1, 1, "the file is empty. Start from one in sweeps/, e.g. sweeps/quickstart.yaml."),
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

    [GeneratedRegex(@"^\(Line:.*?\) - \(Line:.*?\): ")]
    private static partial Regex Position();
}
