using System.Runtime.CompilerServices;

namespace ViViT.Simulation.Tests.Engine;

/// <summary>A value that one actor waits for; the first one counts, and continues the waiter at once.</summary>
internal sealed class Answer<T> : INotifyCompletion
{
    private Action? waiter;
    private T value = default!;

    public bool IsCompleted { get; private set; }

    public void Give(T answer)
    {
        if (IsCompleted) return;
        (IsCompleted, value) = (true, answer);
        waiter?.Invoke();
    }

    public Answer<T> GetAwaiter() => this;

    public void OnCompleted(Action continuation) => waiter = continuation;

    public T GetResult() => value;
}

internal static class Answers
{
    public static async Task Task<T>(this Answer<T> answer) => await answer;
}
