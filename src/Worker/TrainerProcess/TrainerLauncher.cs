using System.Diagnostics;
using System.Globalization;

namespace ViViT.Worker.TrainerProcess;

/// <summary>How to start a trainer process: a program and the arguments that come before the trainer's own.</summary>
internal sealed record TrainerLauncher(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>This very program, whether it runs by its own executable or through <c>dotnet ViViT.Worker.dll</c>.</summary>
    public static TrainerLauncher ThisProgram()
    {
        var running = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this process is unknown, so it cannot start its trainers.");
        return Path.GetFileNameWithoutExtension(running) == "dotnet"
            ? new(running, [Path.Combine(AppContext.BaseDirectory, "ViViT.Worker.dll"), "trainer"])
            : new(running, ["trainer"]);
    }

    /// <param name="marker">Lets the process, and what it starts, be found whoever their parent is: see <see cref="MarkedProcesses"/>.</param>
    public ProcessStartInfo StartInfo(TrainerOptions options, string marker)
    {
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in Arguments.Concat(options.Arguments)) start.ArgumentList.Add(argument);

        start.Environment[MarkedProcesses.Variable] = marker;

        // OpenMP and MKL read these when they are loaded; a call later would leave their idle threads behind.
        start.Environment["OMP_NUM_THREADS"] = start.Environment["MKL_NUM_THREADS"] = options.Threads.ToString(CultureInfo.InvariantCulture);

        // Of libtorch's log only errors: for every group it warns that gradients do not lie as densely as parameters, which they do. Builds with
        // glog read the second name.
        start.Environment["TORCH_CPP_LOG_LEVEL"] = "ERROR";
        start.Environment["GLOG_minloglevel"] = "2";
        return start;
    }
}
