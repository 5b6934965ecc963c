using System.Diagnostics;

namespace ViViT.Cli.Tests;

/// <summary>The scripts in the shells that they are for.</summary>
public sealed class CompletionTests
{
    public static TheoryData<string[], string[]> Lines => new()
    {
        { ["sw"], ["sweep"] },
        { ["sweep", "r"], ["run", "resume", "retry"] },
        { ["worker", "list", "--out"], ["--output"] },
        { ["worker", "list", "-o", ""], ["json", "table"] },
        { ["sweep", "run", "a.yaml", "--output", "j"], ["json"] },
        { ["token", "create", "ci", "--role", "s"], ["submitter"] },
        { ["completion", ""], ["bash", "fish", "zsh"] },
        { ["data", "get", "adrenal"], ["adrenalmnist3d", "adrenalmnist3d_64"] },
        { ["sweep", "run", ""], ["dir", "one.yaml", "two.yml"] },
        { ["sweep", "run", "o"], ["one.yaml"] },
        { ["no-such-command", "sweep", "r"], ["run", "resume", "retry"] },
        { ["local"], [] },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Bash_completes(string[] words, string[] expected)
    {
        using var vivit = new Vivit();
        var script = await Prepare(vivit, "bash");

        var told = await Shell(vivit, "bash", $$"""
            source {{script}}; COMP_WORDS=(vivit {{Words(words)}}); COMP_CWORD={{words.Length}}; _vivit
            printf '%s\n' "${COMPREPLY[@]}" | sort -u
            """);

        Assert.Equal(expected.Order(), Told(told).Order());
    }

    [Fact]
    public async Task Bash_knows_where_the_completion_of_vivit_is_and_takes_values_behind_an_equals_sign()
    {
        using var vivit = new Vivit();
        var script = await Prepare(vivit, "bash");

        Assert.Equal("complete -F _vivit vivit\n", await Shell(vivit, "bash", $"source {script}; complete -p vivit"));
        Assert.Equal("json\n", await Shell(vivit, "bash", $"source {script}; COMP_WORDS=(vivit worker list --output = j); COMP_CWORD=5; _vivit; echo \"${{COMPREPLY[@]}}\""));
        Assert.Equal("json table\n", await Shell(vivit, "bash", $"source {script}; COMP_WORDS=(vivit worker list --output =); COMP_CWORD=4; _vivit; echo \"${{COMPREPLY[@]}}\""));
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Fish_completes(string[] words, string[] expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fish"), "fish is absent; apt-get install fish");
        using var vivit = new Vivit();
        var script = await Prepare(vivit, "fish");

        var told = await Shell(vivit, "fish", $"source {script}; complete -C'vivit {string.Join(' ', words)}'");

        Assert.Equal(expected.Order(), Told(told).Select(line => line.Split('\t')[0].TrimEnd('/')).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task Zsh_completes(string[] words, string[] expected)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/zsh"), "zsh is absent; apt-get install zsh");
        using var vivit = new Vivit();
        var script = await Prepare(vivit, "zsh");

        // What zsh's completion system does with the lists is its own affair: here they are printed, as far as they begin with what was typed.
        var told = await Shell(vivit, "zsh", $$"""
            compdef() { :; }
            offer() { local one; for one in "$@"; do [[ ${one%%:*} == "$PREFIX"* ]] && print -r -- "${one%%:*}"; done; return 0; }
            _describe() { offer "${(@P)@[-1]}"; }
            compadd() { offer "${(@P)2}"; }
            _files() { offer *.yaml(N) *.yml(N) *(/N); }
            source {{script}}
            words=(vivit {{Words(words)}}); CURRENT={{words.Length + 1}}; PREFIX={{Words([words[^1]])}}
            _vivit
            """);

        Assert.Equal(expected.Order(), Told(told).Order());
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

    private static string Words(string[] words) => string.Join(' ', words.Select(word => $"'{word}'"));

    private static string[] Told(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
