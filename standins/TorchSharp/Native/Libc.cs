using System.Runtime.InteropServices;

namespace TorchSharp.Native;

/// <summary>The few calls of the C library that prepare the process for libtorch.</summary>
internal static partial class Libc
{
    public const int RtldNow = 2;
    public const int RtldGlobal = 0x100;
    public const int TrimThreshold = -1;
    public const int TopPad = -2;
    public const int MmapThreshold = -3;

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint getenv(string name);

    [LibraryImport("libc.so.6")]
    public static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint dlopen(string file, int flags);
}
