using System.Diagnostics;

namespace ViViT.Cli.Tests;

/// <summary>The scripts in the shells that they are for.</summary>
public sealed class CompletionTests
{
    // What is typed, and what may come of its last word.
    private static readonly (string[] Words, string[] Expected)[] Lines =
    [
        (["sw"], ["sweep"]),
        (["sweep", "r"], ["resume", "retry", "run"]),
        (["worker", "list", "--out"], ["--output"]),
        (["worker", "list", "-o", ""], ["json", "table"]),
        (["sweep", "run", "a.yaml", "--output", "j"], ["json"]),
        (["token", "create", "ci", "--role", "s"], ["submitter"]),
        (["completion", ""], ["bash", "fish", "zsh"]),
        (["data", "get", "adrenal"], ["adrenalmnist3d", "adrenalmnist3d_64"]),
        (["sweep", "run", ""], ["dir", "one.yaml", "two.yml"]),
        (["sweep", "run", "o"], ["one.yaml"]),
        (["no-such-command", "sweep", "r"], ["resume", "retry", "run"]),
        (["local"], []),
    ];

    [Fact]
    public Task Bash_completes() => Completes("bash", "", words => $$"""
        COMP_WORDS=(vivit {{Quoted(words)}}); COMP_CWORD={{words.Length}}; _vivit; printf '%s\n' "${COMPREPLY[@]}"
        """);

    [Fact]
    public async Task Bash_knows_where_the_completion_of_vivit_is_and_takes_values_behind_an_equals_sign()
    {
        using var vivit = new Vivit();
        var script = await Prepare(vivit, "bash");

        Assert.Equal("complete -F _vivit vivit\njson\njson table\n", await Shell(vivit, "bash", $$"""
            source {{script}}; complete -p vivit
            COMP_WORDS=(vivit worker list --output = j); COMP_CWORD=5; _vivit; echo "${COMPREPLY[@]}"
            COMP_WORDS=(vivit worker list --output =); COMP_CWORD=4; _vivit; echo "${COMPREPLY[@]}"
            """));
    }

    [Fact]
    public Task Fish_completes()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "fish is absent; apt-get install fish");
        return Completes("fish", "", words => $"complete -C'vivit {string.Join(' ', words)}'");
    }

    // What zsh's completion system does with the lists is its own affair: here they are printed, as far as they begin with what was typed.
    [Fact]
    public Task Zsh_completes()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh"), "zsh is absent; apt-get install zsh");
        return Completes("zsh", """
            compdef() { :; }
            offer() { local one; for one in "$@"; do [[ ${one%%:*} == "$PREFIX"* ]] && print -r -- "${one%%:*}"; done; return 0; }
            _describe() { offer "${(@P)@[-1]}"; }
            compadd() { offer "${(@P)2}"; }
            _files() { offer *.yaml(N) *.yml(N) *(/N); }
            """, words => $"words=(vivit {Quoted(words)}); CURRENT={words.Length + 1}; PREFIX={Quoted([words[^1]])}; _vivit");
    }

    private static async Task Completes(string shell, string before, Func<string[], string> complete)
    {
        using var vivit = new Vivit();
        var script = await Prepare(vivit, shell);

        var told = await Shell(vivit, shell, $"{before}\nsource {script}\n{string.Join("\necho =\n", Lines.Select(line => complete(line.Words)))}");

        var answers = told.Split("=\n").Select(answer => answer.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\t')[0].TrimEnd('/')).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Lines.Select(line => $"{string.Join(' ', line.Words)}: {string.Join(' ', line.Expected)}"), Lines.Zip(answers, (line, answer) => $"{string.Join(' ', line.Words)}: {string.Join(' ', answer)}"));
    }

    private static async Task<string> Prepare(Vivit vivit, string shell)
    {
        vivit.Write("one.yaml", "");
        vivit.Write("two.yml", "");
        vivit.Write("three.txt", "");
        Directory.CreateDirectory(Path.Combine(vivit.Folder, "dir"));
        var told = await vivit.Run("completion", shell);
        Assert.Equal((0, ""), (told.ExitCode, told.Errors));
        return vivit.Write("script.txt", told.Output);
    }

    private static async Task<string> Shell(Vivit vivit, string shell, string text)
    {
        var start = new ProcessStartInfo(shell, shell == "zsh" ? ["-f", "-c", text] : shell == "fish" ? ["--no-config", "-c", text] : ["--norc", "-c", text]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = vivit.Folder };
        start.Environment["HOME"] = vivit.Folder;
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var told = await Vivit.End(process);
        Assert.Equal("", told.Errors);
        return told.Output;
    }

    private static string Quoted(string[] words) => string.Join(' ', words.Select(word => $"'{word}'"));
}
