namespace ViViT.Silo.Tests;

public sealed class SiloCommandTests
{
    [Fact]
    public async Task Its_help_lists_its_settings_and_not_those_of_others()
    {
        var help = await SiloCommand.Run([], "--help");

        Assert.Equal((0, ""), (help.ExitCode, help.Errors));
        Assert.Contains("--lease-seconds  VIVIT_LEASE_SECONDS", help.Output, StringComparison.Ordinal);
        Assert.Contains("ViViT.Silo migrate", help.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("VIVIT_POOL", help.Output, StringComparison.Ordinal);
        Assert.Matches(@"\A\d+\.\d+\.\d+", (await SiloCommand.Run([], "--version")).Output);
    }

    [Fact]
    public async Task What_it_was_told_is_printed_without_its_password()
    {
        var told = await SiloCommand.Run(new Dictionary<string, string> { ["VIVIT_POSTGRES"] = "Host=db;Password=hunter2", ["VIVIT_LEASE_SECOND"] = "3" }, "--lease-seconds", "9", "--print-settings");

        Assert.Equal(0, told.ExitCode);
        Assert.Matches(@"(?m)^lease_seconds +9 +--lease-seconds$", told.Output);
        Assert.Matches(@"(?m)^postgres +\*\*\* +VIVIT_POSTGRES$", told.Output);
        Assert.DoesNotContain("hunter2", told.Output, StringComparison.Ordinal);
        Assert.Equal("VIVIT_LEASE_SECOND is no setting and changes nothing. Did you mean VIVIT_LEASE_SECONDS?\n", told.Errors);
    }

    [Theory]
    [InlineData("migrat", "migrat is no command. Did you mean 'migrate'?")]
    [InlineData("--lease-second", "--lease-second is no flag of this program. Did you mean '--lease-seconds'?")]
    [InlineData("prune", "--older-than is not given.")]
    [InlineData("prune --older-than soon", "--older-than is 'soon'. Give days or hours, e.g. 90d or 36h.")]
    public async Task A_wrong_command_line_is_told(string line, string message)
    {
        var refused = await SiloCommand.Run([], line.Split(' '));

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith(message, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_is_none_is_told_without_what_stands_in_it()
    {
        var refused = await SiloCommand.Run("Host=db;Password=hunter2;xyzzy=1", "migrate");

        Assert.Equal(2, refused.ExitCode);
        Assert.StartsWith("VIVIT_POSTGRES is no connection string.", refused.Errors, StringComparison.Ordinal);
        Assert.DoesNotMatch("hunter2|xyzzy", refused.Errors);
    }
}
