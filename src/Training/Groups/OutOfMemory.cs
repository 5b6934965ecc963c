using System.Runtime.InteropServices;

namespace ViViT.Training.Groups;

/// <summary>Tells a device or host without memory from other failures.</summary>
public static class OutOfMemory
{
    /// <summary>libtorch has no type for it that reaches here: its allocators say "CUDA out of memory" and "can't allocate memory", on Windows "not enough memory".</summary>
    public static bool Is(Exception failure) => failure is OutOfMemoryException || (failure is ExternalException && IsToldBy(failure.Message));

    /// <summary>Whether these are the words of an allocator that has none left: of libtorch, of the C++ library or of .NET.</summary>
    public static bool IsToldBy(string message) =>
        Says(message, "out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED", "std::bad_alloc");

    private static bool Says(string message, params string[] words) => words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase));
}
