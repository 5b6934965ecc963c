using System.CommandLine;
using ViViT.Cli.Commands;
using ViViT.Cli.LocalCluster;
using ViViT.Cli.Output;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;

namespace ViViT.Cli.Doctor;

/// <summary><c>vivit doctor</c>: what this machine, and the server that it speaks to, are fit for, and what to do about the rest.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var output = Shared.Output();
        var command = new Command("doctor", "Check this machine and the server, and say what to do about what is amiss") { output };
        command.SetAction(async (parsed, cancellation) =>
        {
            var findings = new List<Finding>();
            await foreach (var finding in Findings(cancellation)) findings.Add(finding);
            if (parsed.GetValue(output) == "json") Terminal.Json(findings);
            else Show(findings);
            return findings.Any(finding => finding.Standing == Standing.Fail) ? ExitCodes.Error : ExitCodes.Done;
        });
        return command;
    }

    private static async IAsyncEnumerable<Finding> Findings([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var finding in SettingChecks.All()) yield return finding;
        await foreach (var finding in MachineChecks.All(cancellation)) yield return finding;
        foreach (var finding in FolderChecks.All()) yield return finding;
        foreach (var finding in await DatabaseChecks.All(cancellation)) yield return finding;
        foreach (var finding in await ServerChecks.All(TimeProvider.System, cancellation)) yield return finding;
    }

    private static void Show(List<Finding> findings)
    {
        var table = Terminal.Table("", "what", "found");
        foreach (var finding in findings) table.Row(TextOf.State(finding.Standing), finding.Subject, finding.Found);
        Terminal.Write(table);
        foreach (var finding in findings.Where(finding => finding.Remedy is not null)) Terminal.Line($"{TextOf.State(finding.Standing)}: {finding.Subject}: {finding.Found}. {finding.Remedy}");
        var (warnings, failures) = (findings.Count(finding => finding.Standing == Standing.Warn), findings.Count(finding => finding.Standing == Standing.Fail));
        Terminal.Note(warnings + failures == 0 ? "All is well." : $"{failures} failed, {warnings} to look at.");
    }
}

/// <summary>Whether what the environment says can be used at all.</summary>
internal static class SettingChecks
{
    public static IEnumerable<Finding> All()
    {
        var given = Settings.All.Select(setting => (Setting: setting, Given: SettingValues.OfVariables(Environment.GetEnvironmentVariable).Given(setting))).Where(one => one.Given is not null).ToArray();
        foreach (var (setting, text) in given)
        {
            if (Wrong(setting, text!) is { } message) yield return Finding.Fail("settings", message, "docs/settings.md lists what each takes.");
        }

        foreach (var warning in UnknownVariables.Warnings(Environment.GetEnvironmentVariables().Keys.Cast<string>())) yield return Finding.Warn("settings", warning.TrimEnd('.'), "Mend its name or take it away: docs/settings.md.");
        yield return Finding.Ok("settings", given.Length == 0 ? "no VIVIT_ variable is set" : string.Join(", ", given.Select(one => one.Setting.Variable)));
    }

    private static string? Wrong(Setting setting, GivenSetting text)
    {
        try
        {
            setting.Check(text);
            return null;
        }
        catch (SettingException wrong)
        {
            return wrong.Message.TrimEnd('.');
        }
    }
}
