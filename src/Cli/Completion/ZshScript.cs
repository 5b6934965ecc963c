using System.Text;
using static ViViT.Cli.Completion.BashScript;

namespace ViViT.Cli.Completion;

/// <summary>For zsh's completion system (compinit).</summary>
internal static class ZshScript
{
    public static string Of(IReadOnlyList<CommandPlace> places)
    {
        var text = new StringBuilder(
            """
            #compdef vivit
            # Completion of vivit for zsh. For good: vivit completion zsh > ~/.zfunc/_vivit, and before compinit in ~/.zshrc: fpath=(~/.zfunc $fpath)
            # For this shell: source <(vivit completion zsh)

            # What may follow at a place of the command line; fails when there is no such place.
            _vivit_place() {
                commands=() options=() files='' values=()
                case "$1" in

            """);
        foreach (var place in places)
        {
            text.Append($"        {Quoted(place.Path)}) commands=({Described(place.Commands)}) options=({Described(place.Options.SelectMany(option => option.Names.Select(name => new Named(name, option.Description))))}){(place.Files ? " files=yaml" : "")} values=({Words(place.Values)}) ;;\n");
        }

        text.Append(
            """
                    *) return 1 ;;
                esac
            }

            # What may follow an option; fails when nothing follows it.
            _vivit_option() {
                files='' values=()
                case "$1" in

            """);
        foreach (var (place, option) in places.SelectMany(place => place.Options.Where(option => option.TakesValue).Select(option => (place, option))))
        {
            text.Append($"        {string.Join('|', option.Names.Select(name => Quoted($"{place.Path} {name}")))}) {(option.Files ? "files=any" : $"values=({Words(option.Values)})")} ;;\n");
        }

        return text.Append(
            """
                    *) return 1 ;;
                esac
            }

            _vivit() {
                local at='' word files
                local -a commands options values
                for word in "${(@)words[2,CURRENT-1]}"; do
                    _vivit_place "${at:+$at }$word" && at="${at:+$at }$word"
                done
                if _vivit_option "$at ${words[CURRENT-1]}"; then
                    commands=() options=()
                else
                    _vivit_place "$at"
                    if [[ $PREFIX == -* ]]; then commands=() files='' values=(); else options=(); fi
                fi
                (( $#commands )) && _describe -t commands 'command' commands
                (( $#options )) && _describe -o -t options 'option' options
                (( $#values )) && compadd -a values
                case "$files" in
                    yaml) _files -g '*.(yaml|yml)' ;;
                    any) _files ;;
                esac
            }

            if [[ ${funcstack[1]} == _vivit ]]; then _vivit "$@"; else compdef _vivit vivit; fi
            """).ToString();
    }

    // A colon parts the name from what is said of it.
    private static string Described(IEnumerable<Named> all) => string.Join(' ', all.Select(one => Quoted($"{Escaped(one.Name)}:{Escaped(one.Description)}")));

    private static string Escaped(string text) => text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal);

    private static string Words(IEnumerable<string> words) => string.Join(' ', words.Select(Quoted));
}
