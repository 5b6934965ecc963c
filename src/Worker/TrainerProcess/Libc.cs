using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ViViT.Worker.TrainerProcess;

/// <summary>What the operating system's C library does and .NET does not offer.</summary>
internal static class Libc
{
    private const int StandardOutput = 1;
    private const int StandardError = 2;

    /// <summary>
    /// Takes stdout for the caller alone: everything else that prints there, native libraries included, lands on stderr from now on.
    /// </summary>
    public static FileStream TakeStandardOutput()
    {
        var taken = Dup(StandardOutput);
        if (taken < 0 || Dup2(StandardError, StandardOutput) < 0)
        {
            throw new IOException($"stdout cannot be set aside for the protocol: error {Marshal.GetLastPInvokeError()} of dup.");
        }

        return new FileStream(new SafeFileHandle(taken, ownsHandle: true), FileAccess.Write, bufferSize: 0);
    }

    /// <summary>Ends the process now, without finalizers or handlers, whatever its other threads do.</summary>
    public static void ExitNow(int code) => Exit(code);

    /// <summary>Kills a process, if it is still there.</summary>
    public static void KillHard(int pid) => _ = Kill(pid, signal: 9);

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static extern int Dup(int descriptor);

    [DllImport("libc", EntryPoint = "dup2", SetLastError = true)]
    private static extern int Dup2(int from, int to);

    [DllImport("libc", EntryPoint = "_exit")]
    private static extern void Exit(int code);
}
