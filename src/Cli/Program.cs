using System.CommandLine;
using ViViT.Cli;
using ViViT.Cli.Commands;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Cli.SweepFiles;
using ViViT.Contracts.Configuration;
using ViViT.Data;

var root = new RootCommand("Runs sweeps of video-transformer trainings and turns them into answers.")
{
    SweepCommands.Create(), ExperimentCommands.Create(), WorkerCommands.Create(), WaitCommand.Create(), EventsCommand.Create(), TokenCommands.Create(), DataCommands.Create(), StackCommands.Up(), StackCommands.Down(), SupervisorCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors) Terminal.Note(error.Message);
    Terminal.Note($"See: vivit {string.Concat(CommandPath(parsed.CommandResult))}--help");
    return ExitCodes.Usage;
}

try
{
    // Stopping the local stack waits for a checkpoint.
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromMinutes(2) });
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
catch (CommandException refused)
{
    Terminal.Note(refused.Message);
    return refused.ExitCode;
}
catch (Exception wrong) when (wrong is SweepFileException or SettingException)
{
    Terminal.Note(wrong.Message);
    return ExitCodes.Usage;
}
catch (Exception expected) when (expected is LocalStackException or ServerAwayException or DataUnavailableException or ArgumentException)
{
    Terminal.Note(expected.Message);
    return ExitCodes.Error;
}
catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
{
    // Mostly stdout itself: a full disk behind a redirection, or a closed one.
    Terminal.Note($"The result could not be written: {unwritable.Message} See whether stdout and the disk behind it take more, and ask again.");
    return ExitCodes.Error;
}

static IEnumerable<string> CommandPath(System.CommandLine.Parsing.SymbolResult? result) => result switch
{
    System.CommandLine.Parsing.CommandResult { Parent: not null } command => CommandPath(command.Parent).Append($"{command.Command.Name} "),
    _ => [],
};
