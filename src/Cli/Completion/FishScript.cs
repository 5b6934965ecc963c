using System.Text;

namespace ViViT.Cli.Completion;

/// <summary>For fish 3 or later.</summary>
internal static class FishScript
{
    public static string Of(IReadOnlyList<CommandPlace> places)
    {
        var text = new StringBuilder(
            $"""
            # Completion of vivit for fish. For good: vivit completion fish > ~/.config/fish/completions/vivit.fish
            # For this shell: vivit completion fish | source

            set -g __vivit_places {string.Join(' ', places.Skip(1).Select(place => Quoted(place.Path)))}

            # Whether the words so far lead to that place.
            function __vivit_at
                set -l at ''
                for word in (commandline -opc)[2..]
                    set -l further (string trim -- "$at $word")
                    contains -- $further $__vivit_places; and set at $further
                end
                test "$at" = "$argv[1]"
            end

            # Sweep files, and folders on the way to them; which other files fish lists with these differs by version.
            function __vivit_files
                begin
                    __fish_complete_suffix .yaml
                    __fish_complete_suffix .yml
                end | string match -r '^.*(?:/|\.ya?ml)(?:\t.*)?$'
            end

            complete -c vivit -f

            """);
        foreach (var place in places)
        {
            var at = $"complete -c vivit -n {Quoted($"__vivit_at {Quoted(place.Path)}")}";
            foreach (var command in place.Commands) text.Append($"{at} -a {Quoted(command.Name)} -d {Quoted(command.Description)}\n");
            foreach (var option in place.Options)
            {
                var names = string.Join(' ', option.Names.Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {Quoted(name[2..])}" : $"-s {Quoted(name[1..])}"));
                var value = !option.TakesValue ? "" : option.Files ? " -r -F" : $" -x{(option.Values.Count > 0 ? $" -a {Quoted(string.Join(' ', option.Values))}" : "")}";
                text.Append($"{at} {names}{value} -d {Quoted(option.Description)}\n");
            }

            if (place.Values.Count > 0) text.Append($"{at} -a {Quoted(string.Join(' ', place.Values))}\n");
            if (place.Files) text.Append($"{at} -a '(__vivit_files)'\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string Quoted(string text) => $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
