using ViViT.Contracts.Configuration;
using ViViT.Worker;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

return args switch
{
    ["agent", .. var settings] when settings.Contains("--print-settings") => PrintSettings([.. settings.Except(["--print-settings"])]),
    ["agent", .. var settings] => await AgentCommand.Run(settings),
    ["trainer", .. var options] => TrainerCommand.Run(options),
    ["devices"] => DevicesCommand.Run(),
    ["--version"] => Say(Console.Out, BuildVersion.Text, ExitCodes.Done),
    ["--help"] or ["-h"] => Say(Console.Out, $"{Usage}\n\n{SettingsText.Help(Programs.Worker)}", ExitCodes.Done),
    _ => Say(Console.Error, Usage, ExitCodes.Usage),
};

static int PrintSettings(IReadOnlyList<string> flags)
{
    try
    {
        UnknownVariables.Tell(Console.Error);
        return Say(Console.Out, SettingsText.Effective(Programs.Worker, SettingValues.Of(Programs.Worker, flags, Environment.GetEnvironmentVariable)), ExitCodes.Done);
    }
    catch (SettingException wrong)
    {
        return Say(Console.Error, wrong.Message, ExitCodes.Usage);
    }
}

static int Say(TextWriter to, string text, int exitCode)
{
    to.WriteLine(text);
    return exitCode;
}

internal sealed partial class Program
{
    private const string Usage =
        """
        ViViT.Worker agent      leases experiments from the server and trains them
        ViViT.Worker trainer --slot N --device cpu|cuda:N --threads N
                                trains one group of experiments after another for an agent, which speaks to it over stdin and stdout
        ViViT.Worker devices    prints how many CUDA devices this build can use
        ViViT.Worker --version
        """;
}
