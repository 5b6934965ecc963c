using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>Turns the shim's codes into the exception that TorchSharp throws, with libtorch's message.</summary>
internal static unsafe class Errors
{
    private static readonly delegate* unmanaged<nint> lastError = (delegate* unmanaged<nint>)NativeLoader.Export("last_error");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(int code)
    {
        if (code != 0) Throw();
    }

    [DoesNotReturn, MethodImpl(MethodImplOptions.NoInlining)]
    public static void Throw() => throw new ExternalException(Marshal.PtrToStringUTF8(lastError()));
}
