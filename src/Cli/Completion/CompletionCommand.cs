using System.CommandLine;

namespace ViViT.Cli.Completion;

/// <summary><c>vivit completion bash|zsh|fish</c>: a script that completes commands, options and what they take.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a script that completes commands and options in a shell; its head says where to put it") { shell };
        command.SetAction(parsed =>
        {
            var places = CommandTree.Places((RootCommand)parsed.RootCommandResult.Command);
            Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
            {
                "bash" => BashScript.Of(places),
                "zsh" => ZshScript.Of(places),
                _ => FishScript.Of(places),
            });
            return ExitCodes.Done;
        });
        return command;
    }
}
