using System.Text;

namespace ViViT.Cli.Completion;

/// <summary>For bash 4 or later; needs nothing of the package bash-completion.</summary>
internal static class BashScript
{
    public static string Of(IReadOnlyList<CommandPlace> places)
    {
        var text = new StringBuilder(
            """
            # Completion of vivit for bash. For good: vivit completion bash > ~/.local/share/bash-completion/completions/vivit
            # For this shell: source <(vivit completion bash)

            # What may follow at a place of the command line; fails when there is no such place.
            _vivit_place() {
                commands='' options='' files='' values=''
                case "$1" in

            """);
        foreach (var place in places)
        {
            text.Append($"        {Quoted(place.Path)}) commands={Words(place.Commands.Select(one => one.Name))} options={Words(place.Options.SelectMany(option => option.Names))}{(place.Files ? " files=yaml" : "")}{(place.Values.Count > 0 ? $" values={Words(place.Values)}" : "")} ;;\n");
        }

        text.Append(
            """
                    *) return 1 ;;
                esac
            }

            # What may follow an option; fails when nothing follows it.
            _vivit_option() {
                files='' values=''
                case "$1" in

            """);
        foreach (var (place, option) in places.SelectMany(place => place.Options.Where(option => option.TakesValue).Select(option => (place, option))))
        {
            var patterns = option.Names.Select(name => Quoted($"{place.Path} {name}"));
            text.Append($"        {string.Join('|', patterns)}) {(option.Files ? "files=any" : $"values={Words(option.Values)}")} ;;\n");
        }

        return text.Append(
            """
                    *) return 1 ;;
                esac
            }

            _vivit() {
                local IFS=$' \t\n' current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at='' word commands options files values
                [[ $current == '=' ]] && current=''
                [[ $before == '=' ]] && before=${COMP_WORDS[COMP_CWORD-2]}
                [[ ${COMP_WORDS[COMP_CWORD]} == '=' ]] && before=${COMP_WORDS[COMP_CWORD-1]}
                for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                    _vivit_place "${at:+$at }$word" && at="${at:+$at }$word"
                done
                if _vivit_option "$at $before"; then
                    commands='' options=''
                else
                    _vivit_place "$at"
                    [[ $current == -* ]] && commands='' files='' values='' || options=''
                fi
                mapfile -t COMPREPLY < <(
                    compgen -W "$commands $options $values" -- "$current"
                    case "$files" in
                        yaml) compgen -f -X '!*.yaml' -- "$current"; compgen -f -X '!*.yml' -- "$current"; compgen -d -- "$current" ;;
                        any) compgen -f -- "$current" ;;
                    esac
                )
                [[ -n $files ]] && compopt -o filenames 2>/dev/null
                return 0
            }

            complete -F _vivit vivit ./vivit
            """).ToString();
    }

    private static string Words(IEnumerable<string> words) => Quoted(string.Join(' ', words));

    /// <summary>A word that no shell looks into.</summary>
    internal static string Quoted(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
