using System.CommandLine;

namespace ViViT.Cli.LocalCluster;

/// <summary><c>vivit local-supervisor</c>: not for people; <c>vivit up</c> starts it in a session of its own.</summary>
internal static class SupervisorCommand
{
    public const string Name = "local-supervisor";

    public static Command Create()
    {
        var startedBy = new Option<string>("--started-by") { DefaultValueFactory = _ => "" };
        var command = new Command(Name, "Keeps the local stack running.") { startedBy };
        command.Hidden = true;
        command.SetAction(async (parsed, stop) =>
        {
            try
            {
                return await new Supervisor(StateFolder.Default(), TimeProvider.System).Run(parsed.GetValue(startedBy)!, stop);
            }
            catch (LocalStackException refused)
            {
                await Console.Error.WriteLineAsync(refused.Message);
                return 1;
            }
        });
        return command;
    }
}
