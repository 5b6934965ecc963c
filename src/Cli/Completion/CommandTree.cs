using System.CommandLine;
using System.CommandLine.Completions;

namespace ViViT.Cli.Completion;

/// <summary>A place in the command line, and what may follow there.</summary>
/// <param name="Path">The words that lead to it, without the program: <c>sweep run</c>.</param>
/// <param name="Files">An argument of it is a file.</param>
/// <param name="Values">What else an argument of it may be.</param>
internal sealed record CommandPlace(string Path, IReadOnlyList<Named> Commands, IReadOnlyList<OptionPlace> Options, bool Files, IReadOnlyList<string> Values);

/// <param name="Names">Such as <c>--output</c> and <c>-o</c>.</param>
/// <param name="TakesValue">A word follows it.</param>
/// <param name="Files">That word is a file or folder.</param>
/// <param name="Values">What the word may be; none: anything.</param>
internal sealed record OptionPlace(IReadOnlyList<string> Names, string Description, bool TakesValue, bool Files, IReadOnlyList<string> Values);

internal sealed record Named(string Name, string Description);

/// <summary>Reads the places off the commands themselves, so that a new one completes as soon as it is there.</summary>
internal static class CommandTree
{
    /// <summary>Every place, the program's own first.</summary>
    public static IReadOnlyList<CommandPlace> Places(RootCommand root)
    {
        var recursive = root.Options.Where(option => option.Recursive).ToArray();
        return [.. Below(root, "")];

        IEnumerable<CommandPlace> Below(Command command, string path)
        {
            var commands = command.Subcommands.Where(one => !one.Hidden).ToArray();
            yield return new(path, [.. commands.Select(one => new Named(one.Name, FirstLine(one.Description)))],
                [.. command.Options.Union(recursive).Where(option => !option.Hidden).Select(Place)],
                command.Arguments.Any(argument => IsFile(argument.ValueType)), [.. command.Arguments.SelectMany(Values)]);
            foreach (var place in commands.SelectMany(one => Below(one, path.Length == 0 ? one.Name : $"{path} {one.Name}"))) yield return place;
        }
    }

    private static OptionPlace Place(Option option)
    {
        var takesValue = option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool) && option.ValueType != typeof(void);
        return new([.. option.Aliases.Prepend(option.Name).Where(name => name.StartsWith('-') && !name.Contains('?', StringComparison.Ordinal)).Distinct()],
            FirstLine(option.Description), takesValue, takesValue && IsFile(option.ValueType), takesValue ? Values(option) : []);
    }

    private static string[] Values(Symbol symbol) => [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static bool IsFile(Type type) => type.IsAssignableTo(typeof(FileSystemInfo));

    private static string FirstLine(string? text) => (text ?? "").Split('\n')[0];
}
