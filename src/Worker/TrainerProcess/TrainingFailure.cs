using System.Runtime.InteropServices;
using ViViT.Contracts.Experiments;
using ViViT.Data;
using ViViT.Training;
using ViViT.Training.Groups;

namespace ViViT.Worker.TrainerProcess;

/// <summary>Whose doing an exception is that ended a training, and what to say of it.</summary>
internal static class TrainingFailure
{
    private const int LongestReason = 1000;

    // Linux: ENOSPC, EDQUOT; .NET passes the number on.
    private static readonly int[] DiskFull = [28, 122];

    // libtorch has no type for it that reaches here; these are words of its checks of shapes.
    private static readonly string[] OfShapes =
        ["must match", "mismatch", "cannot be multiplied", "is invalid for input of size", "expected size", "must have the same", "should be the same", "cannot be broadcast"];

    /// <param name="where">What trained where, for people: <c>cpu with 3 experiments as one</c>.</param>
    public static (FailureClass Class, string Reason) Of(Exception failure, string where) => failure switch
    {
        DivergedException => (FailureClass.Numerical, failure.Message),
        _ when OutOfMemory.Is(failure) => (FailureClass.OutOfMemory, $"Out of memory on {where}: {Head(failure.Message)}"),
        DataUnavailableException or ArgumentException => (FailureClass.User, failure.Message),
        ExternalException when OfShapes.Any(words => failure.Message.Contains(words, StringComparison.OrdinalIgnoreCase)) =>
            (FailureClass.User, $"Data and model do not fit each other: {Head(failure.Message)}"),
        IOException full when DiskFull.Contains(full.HResult) || full.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase) =>
            (FailureClass.Infrastructure, $"The disk is full: {Head(failure.Message)} Free some, or point VIVIT_CHECKPOINTS and VIVIT_DATA of the worker elsewhere."),
        _ => (FailureClass.Infrastructure, $"{failure.GetType().Name}: {Head(failure.Message)}"),
    };

    // libtorch appends its own stack; the first line tells what happened. It becomes a sentence.
    private static string Head(string message)
    {
        var line = message.AsSpan().Trim();
        line = line[..(line.IndexOf('\n') is >= 0 and var end ? end : line.Length)].TrimEnd();
        line = line[..Math.Min(line.Length, LongestReason)];
        return line is [.., '.' or '!' or '?'] ? line.ToString() : $"{line}.";
    }
}
