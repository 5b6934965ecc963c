using System.ComponentModel;
using System.Diagnostics;

namespace ViViT.Cli.Doctor;

/// <summary>What a program said when it was asked something.</summary>
/// <param name="Started">There is such a program.</param>
internal sealed record Answer(bool Started, int ExitCode, string Output, string Errors)
{
    private const int LongestProblem = 300;

    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public string? LastLine => Lines.LastOrDefault();

    /// <summary>Its first word of complaint, in one line.</summary>
    public string Problem => (Errors.Split('\n').Concat(Output.Split('\n')).Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) ?? $"exit code {ExitCode}") is var text && text.Length > LongestProblem ? $"{text[..LongestProblem]}…" : text;

    /// <param name="environment">Variables beyond ours.</param>
    public static async Task<Answer> Of(string program, IReadOnlyList<string> arguments, TimeSpan patience, CancellationToken cancellation, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(patience);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception absent)
        {
            return new(false, -1, "", absent.Message);
        }

        using (process)
        {
            process.StandardInput.Close();
            try
            {
                var (output, errors) = (process.StandardOutput.ReadToEndAsync(end.Token), process.StandardError.ReadToEndAsync(end.Token));
                await process.WaitForExitAsync(end.Token);
                return new(true, process.ExitCode, await output, await errors);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                process.Kill(entireProcessTree: true);
                return new(true, -1, "", $"no answer within {patience.TotalSeconds:0} s");
            }
        }
    }
}
