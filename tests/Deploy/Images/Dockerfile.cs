using System.Text.Json.Nodes;

namespace ViViT.Deploy.Tests.Images;

/// <summary>A Dockerfile as stages of instructions; comments are left out, continued lines joined.</summary>
internal sealed record Dockerfile(string Name, IReadOnlyList<Stage> Stages)
{
    public Stage Last => Stages[^1];

    public static Dockerfile Read(string path) => Parse(Path.GetFileName(path), File.ReadAllText(path));

    public static Dockerfile Parse(string name, string text)
    {
        var stages = new List<Stage>();
        foreach (var line in Lines(text))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            var instruction = new Instruction(line[..space].ToUpperInvariant(), line[(space + 1)..].Trim());
            if (instruction.Word == "FROM") stages.Add(new Stage(instruction.Rest.Split(" AS ", 2)[0], []));
            else stages[^1].Instructions.Add(instruction);
        }

        return new(name, stages);
    }

    private static IEnumerable<string> Lines(string text)
    {
        var open = "";
        foreach (var line in text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            open += line.TrimEnd('\\');
            if (line.EndsWith('\\')) continue;
            yield return open;
            open = "";
        }
    }
}

/// <param name="Base">The image that it starts from.</param>
internal sealed record Stage(string Base, List<Instruction> Instructions)
{
    public IEnumerable<string> Of(string word) => Instructions.Where(instruction => instruction.Word == word).Select(instruction => instruction.Rest);

    /// <summary>Names and values that ENV sets.</summary>
    public Dictionary<string, string?> Environment => Of("ENV").SelectMany(rest => rest.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], string? (pair) => pair[^1]);

    /// <summary>Sources and target of each COPY from the build context.</summary>
    public IEnumerable<(string[] Sources, string Target)> Copies => Of("COPY").Where(rest => !rest.StartsWith("--from", StringComparison.Ordinal))
        .Select(rest => rest.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray())
        .Select(words => (words[..^1], words[^1]));

    /// <summary>Words of an instruction in the form of a list; null when there is none, or in another form.</summary>
    public string[]? Words(string word) => Of(word).LastOrDefault() is { } rest && rest.IndexOf('[', StringComparison.Ordinal) is >= 0 and var at
        ? [.. JsonNode.Parse(rest[at..])!.AsArray().Select(item => item!.GetValue<string>())]
        : null;
}

internal sealed record Instruction(string Word, string Rest);
