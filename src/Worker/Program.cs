using ViViT.Contracts.Health;
using ViViT.Worker;
using ViViT.Worker.Agent;
using ViViT.Worker.TrainerProcess;

return args switch
{
    ["agent"] => await AgentCommand.Run(),
    ["trainer", .. var options] => TrainerCommand.Run(options),
    ["devices"] => DevicesCommand.Run(),
    ["health", ..] => await HealthProbe.Ask(Environment.GetEnvironmentVariable("VIVIT_MANAGEMENT"), args.ElementAtOrDefault(1) ?? "ready", Console.Error),
    ["--version"] => Say(Console.Out, BuildVersion.Text, ExitCodes.Done),
    ["--help"] or ["-h"] => Say(Console.Out, Usage, ExitCodes.Done),
    _ => Say(Console.Error, Usage, ExitCodes.Usage),
};

static int Say(TextWriter to, string text, int exitCode)
{
    to.WriteLine(text);
    return exitCode;
}

internal sealed partial class Program
{
    private const string Usage =
        """
        ViViT.Worker agent      leases experiments from the server and trains them; settings come from the environment (VIVIT_…)
        ViViT.Worker trainer --slot N --device cpu|cuda:N --threads N
                                trains one group of experiments after another for an agent, which speaks to it over stdin and stdout
        ViViT.Worker devices    prints how many CUDA devices this build can use
        ViViT.Worker health [live|ready]
                                asks the agent that serves VIVIT_MANAGEMENT; exit code 0 when it is
        ViViT.Worker --version
        """;
}
