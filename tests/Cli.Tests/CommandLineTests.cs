using System.Text.Json;
using ViViT.TestKit;

namespace ViViT.Cli.Tests;

/// <summary>What the command line itself answers, before any server is asked.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly Vivit vivit = new();

    public static TheoryData<string> Commands =>
    [
        "", "sweep", "sweep run", "sweep plan", "sweep launch", "sweep list", "sweep status", "sweep cancel", "experiment", "experiment show", "worker", "worker list", "data", "data list", "data get", "up", "down",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_says_what_it_does(string command)
    {
        var help = await vivit.Run([.. Words(command), "--help"]);

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        var lines = help.Output.Split('\n');
        Assert.Equal("Description:", lines[0].TrimEnd());
        Assert.NotEmpty(lines[1].Trim());
        Assert.Contains($"vivit {command}".TrimEnd(), help.Output, StringComparison.Ordinal);
        var entries = lines.Skip(2).Where(line => line.StartsWith("  ", StringComparison.Ordinal) && !line.StartsWith("  vivit", StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(entries);
        Assert.All(entries, entry => Assert.Matches(@"^  \S.*?\S {2,}\S", entry));
        Assert.DoesNotContain("local-supervisor", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_of_the_root_and_its_groups_names_all_their_commands()
    {
        foreach (var group in (string[])["", "sweep", "experiment", "worker", "data"])
        {
            var help = (await vivit.Run([.. Words(group), "--help"])).Output;
            Assert.All(Commands.Select(row => row.Data).Where(command => Words(command).Length == Words(group).Length + 1 && command.StartsWith(group, StringComparison.Ordinal)),
                command => Assert.Matches($@"(?m)^  {Words(command)[^1]}\b.*  \S", help));
        }
    }

    [Fact]
    public async Task The_version_is_a_number()
    {
        var version = await vivit.Run("--version");

        Assert.Equal((0, ""), (version.ExitCode, version.Errors));
        Assert.Matches(@"^[0-9]+\.[0-9]+\.[0-9]+", version.Output);
    }

    [Theory]
    [InlineData("", "vivit --help")]
    [InlineData("sweeep", "vivit --help")]
    [InlineData("sweep", "vivit sweep --help")]
    [InlineData("sweep rum x.yaml", "vivit sweep --help")]
    [InlineData("sweep run", "vivit sweep run --help")]
    [InlineData("sweep run a.yaml b.yaml", "vivit sweep run --help")]
    [InlineData("sweep status seven", "vivit sweep status --help")]
    [InlineData("sweep list --limit many", "vivit sweep list --help")]
    [InlineData("sweep list -o xml", "vivit sweep list --help")]
    [InlineData("experiment show 1 --verbose", "vivit experiment show --help")]
    [InlineData("data get", "vivit data get --help")]
    public async Task A_wrong_command_line_is_refused_with_where_to_look(string line, string hint)
    {
        var refused = await vivit.Run(Words(line));

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.EndsWith($"See: {hint}\n", refused.Errors, StringComparison.Ordinal);
        Assert.True(refused.Errors.Split('\n').Length > 2, "it does not say what is wrong");
    }

    [Fact]
    public async Task A_number_that_is_none_is_told_in_plain_words() =>
        Assert.Equal("'seven' is no number of a sweep or experiment. Find it: vivit sweep list, vivit sweep status\nSee: vivit experiment show --help\n", (await vivit.Run("experiment", "show", "seven")).Errors);

    [Fact]
    public async Task A_file_without_end_is_refused()
    {
        var plan = await vivit.Run("sweep", "plan", "/dev/zero");

        Assert.Equal((2, ""), (plan.ExitCode, plan.Output));
        Assert.Contains("the file is larger than 1024 KiB.", plan.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_sweep_file_is_refused_with_its_lines()
    {
        vivit.Write("wrong.yaml", "name: a\nexperiment:\n  data: {name: shapes4d}\n");

        var plan = await vivit.Run("sweep", "plan", "wrong.yaml");

        Assert.Equal((2, ""), (plan.ExitCode, plan.Output));
        Assert.Equal("wrong.yaml:3:10: experiment.data.name: there is no data set 'shapes4d'. Did you mean 'shapes3d'?\n", plan.Errors);
    }

    [Theory]
    [InlineData("absent.yaml")]
    [InlineData(".")]
    [InlineData("absent/absent.yaml")]
    public async Task A_sweep_file_that_cannot_be_read_is_refused(string file)
    {
        var plan = await vivit.Run("sweep", "plan", file);

        Assert.Equal((2, ""), (plan.ExitCode, plan.Output));
        Assert.StartsWith($"{file} cannot be read: ", plan.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", plan.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_data_sets_are_listed_for_people_and_for_programs()
    {
        var (table, json) = (await vivit.Run("data", "list"), await vivit.Run("data", "list", "-o", "json"));

        Assert.Equal((0, "", 0, ""), (table.ExitCode, table.Errors, json.ExitCode, json.Errors));
        Assert.Contains("shapes3d (synthetic)", table.Output, StringComparison.Ordinal);
        Assert.Contains("no: vivit data get organmnist3d", table.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', table.Output);
        using var document = JsonDocument.Parse(json.Output);
        Assert.Equal(14, document.RootElement.GetArrayLength());
        Assert.Equal("organmnist3d", document.RootElement[0].GetProperty("info").GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_data_set_that_nobody_knows_is_refused_with_the_one_that_was_probably_meant()
    {
        var get = await vivit.Run("data", "get", "organmnist");

        Assert.Equal((1, ""), (get.ExitCode, get.Output));
        Assert.Contains("organmnist3d", get.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", get.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sweep list")]
    [InlineData("sweep status 1 --watch")]
    [InlineData("experiment show 1")]
    [InlineData("worker list -o json")]
    public async Task Without_a_server_every_command_says_how_to_get_one(string line)
    {
        var refused = await vivit.Run(Words(line));

        Assert.Equal((1, "", "No server: start one with `vivit up`, or set VIVIT_SERVER and VIVIT_TOKEN_FILE.\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    [Fact]
    public async Task A_server_that_nobody_listens_at_is_told()
    {
        vivit.To(new Uri($"http://127.0.0.1:{FreePort.Find()}"), "secret");

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Matches(@"\Ahttp://127\.0\.0\.1:[0-9]+/ cannot be reached: .+ See whether it runs \(`vivit up`\), or mend VIVIT_SERVER\.\n\z", refused.Errors);
    }

    [Theory]
    [InlineData("nonsense", "VIVIT_SERVER is 'nonsense'. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.")]
    [InlineData("localhost:5860", "VIVIT_SERVER is 'localhost:5860'. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.")]
    [InlineData("ftp://127.0.0.1", "VIVIT_SERVER is 'ftp://127.0.0.1'. Give an absolute http or https URL, e.g. http://127.0.0.1:5860.")]
    [InlineData("http://127.0.0.1:5860", "VIVIT_SERVER is set, so VIVIT_TOKEN_FILE must name the file with its token ('' is none).")]
    public async Task Wrong_settings_are_told(string server, string message)
    {
        vivit.Environment["VIVIT_SERVER"] = server;

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((2, "", message + "\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("one\ntwo\n")]
    [InlineData("a\0b")]
    [InlineData("schlüssel")]
    public async Task A_file_that_holds_no_token_is_told(string text)
    {
        vivit.To(new Uri("http://127.0.0.1:9"), "").Environment["VIVIT_TOKEN_FILE"] = vivit.Write("token", text);

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((2, "", $"VIVIT_TOKEN_FILE ('{Path.Combine(vivit.Folder, "token")}') holds no token, which is one line of letters, digits and punctuation. Name the file that the silo wrote.\n"), (refused.ExitCode, refused.Output, refused.Errors));
    }

    [Fact]
    public async Task A_token_file_that_may_not_be_read_is_told()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read every file");
        vivit.To(new Uri("http://127.0.0.1:9"), "secret");
        File.SetUnixFileMode(Path.Combine(vivit.Folder, "token"), UnixFileMode.None);

        var refused = await vivit.Run("sweep", "list");

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Matches(@"\AVIVIT_TOKEN_FILE \('.+'\) cannot be read: .+\n\z", refused.Errors);
    }

    [Theory]
    [InlineData("data list")]
    [InlineData("data list -o json")]
    [InlineData("--version")]
    public async Task A_result_that_cannot_be_written_is_an_error_and_no_crash(string line)
    {
        var full = await vivit.RunRedirected(">/dev/full", Words(line));

        Assert.Equal(1, full.ExitCode);
        Assert.Matches(@"\AThe result could not be written: .+ See whether stdout and the disk behind it take more, and ask again\.\n\z", full.Errors);
    }

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task A_note_that_nobody_can_read_changes_no_exit_code(string redirection)
    {
        var (down, wrong) = (await vivit.RunRedirected(redirection, "down"), await vivit.RunRedirected(redirection, "sweeep"));

        Assert.Equal((0, "", 2, ""), (down.ExitCode, down.Output, wrong.ExitCode, wrong.Output));
    }

    [Fact]
    public async Task Down_where_nothing_runs_says_so()
    {
        var down = await vivit.Run("down");

        Assert.Equal((0, "", "Nothing ran.\n"), (down.ExitCode, down.Output, down.Errors));
    }

    public void Dispose() => vivit.Dispose();

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
