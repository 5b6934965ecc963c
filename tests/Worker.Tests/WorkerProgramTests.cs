using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests;

public sealed class WorkerProgramTests
{
    [Fact]
    public async Task Its_help_lists_its_settings_and_not_those_of_others()
    {
        var (exitCode, help, _) = await Programs.Run(Programs.Worker, ["--help"]);

        Assert.Equal(0, exitCode);
        Assert.Contains("--stall-seconds  VIVIT_STALL_SECONDS", help, StringComparison.Ordinal);
        Assert.DoesNotContain("VIVIT_POSTGRES", help, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_was_told_is_printed_with_where_it_comes_from()
    {
        var (exitCode, told, errors) = await Programs.Run(Programs.Worker, ["agent", "--slots", "3", "--print-settings"], new Dictionary<string, string> { ["VIVIT_POOL"] = "gpu", ["VIVIT_POOOL"] = "gpu" });

        Assert.Equal(0, exitCode);
        Assert.Matches(@"(?m)^slots +3 +--slots$", told);
        Assert.Matches(@"(?m)^pool +gpu +VIVIT_POOL$", told);
        Assert.Matches(@"(?m)^max_group +256 +default$", told);
        Assert.Contains("VIVIT_POOOL is no setting and changes nothing. Did you mean VIVIT_POOL?", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_of_another_program_is_told()
    {
        var (exitCode, _, errors) = await Programs.Run(Programs.Worker, ["agent", "--lease-seconds", "3"]);

        Assert.Equal((2, "--lease-seconds is no setting of this program but of the silo. Leave it out.\n"), (exitCode, errors));
    }
}
