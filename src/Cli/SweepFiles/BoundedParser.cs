using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ViViT.Cli.SweepFiles;

/// <summary>
/// Reads YAML, but nothing that a small file could unfold without end: the library recurses into lists and hashes aliased keys,
/// and neither a stack that overflows nor a hash that takes years can be caught.
/// </summary>
/// <param name="refuse">Makes the exception of a problem at a place.</param>
internal sealed class BoundedParser(string text, Func<Mark, string, Exception> refuse) : IParser
{
    // A sweep nests four deep.
    private const int Deepest = 20;

    private readonly Scanner scanner = new(new StringReader(text));
    private Parser? parser;
    private int depth;

    public ParsingEvent? Current => parser?.Current;

    /// <summary>How far the text is read.</summary>
    public Mark Position => scanner.CurrentPosition;

    public bool MoveNext()
    {
        parser ??= new(scanner);
        if (!parser.MoveNext()) return false;
        var found = Current!;
        depth += found.NestingIncrease;
        if (depth > Deepest) throw refuse(found.Start, "nested deeper than any sweep. See sweeps/quickstart.yaml for the form.");
        if (found is AnchorAlias alias) throw refuse(found.Start, $"aliases (*{alias.Value}) are not read. Write the value out.");
        return true;
    }
}
