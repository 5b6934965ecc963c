using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Native;

/// <summary>
/// Loads libtorch through the shim, once per process, with the right BLAS in front of it.
/// What has to happen before the first native load happens here, through libc: .NET's own environment does not reach native getenv.
/// </summary>
internal static unsafe class NativeLoader
{
    private const string Shim = "libtorchshim.so";

    /// <summary>The loaded shim.</summary>
    public static readonly nint Library = Load();

    /// <summary>The address of the shim's function ts_<paramref name="name"/>.</summary>
    public static nint Export(string name) => NativeLibrary.GetExport(Library, "ts_" + name);

    private static nint Load()
    {
        Environment();
        Blas();
        var library = LoadShim();
        ((delegate* unmanaged<void>)NativeLibrary.GetExport(library, "ts_start"))();
        WarnOfSlowBlas(library);
        return library;
    }

    private static void Environment()
    {
        // Debian's OpenBLAS takes an AVX-512 machine that it does not know for a Haswell and runs at half speed.
        if (Avx512F.IsSupported && Avx512BW.IsSupported && Avx512DQ.IsSupported && Avx512F.VL.IsSupported)
            Libc.setenv("OPENBLAS_CORETYPE", "SKYLAKEX", overwrite: 0);

        // Tensors of megabytes come and go every step: keep their memory instead of giving it back to the kernel each time.
        if (Libc.getenv("MALLOC_MMAP_THRESHOLD_") == 0) Libc.mallopt(Libc.MmapThreshold, 32 << 20);
        if (Libc.getenv("MALLOC_TRIM_THRESHOLD_") == 0) Libc.mallopt(Libc.TrimThreshold, 512 << 20);
        if (Libc.getenv("MALLOC_TOP_PAD_") == 0) Libc.mallopt(Libc.TopPad, 16 << 20);
    }

    /// <summary>
    /// Puts the OpenMP build of OpenBLAS in front of whatever the system's alternatives name: libraries that are loaded already
    /// satisfy libtorch's need for the same names.
    /// </summary>
    private static void Blas()
    {
        foreach (var folder in MultiarchFolders())
        {
            var openmp = Path.Combine(folder, "openblas-openmp");
            if (!Directory.Exists(openmp)) continue;
            foreach (var name in (ReadOnlySpan<string>)["libopenblas.so.0", "libblas.so.3", "liblapack.so.3"])
                Libc.dlopen(Path.Combine(openmp, name), Libc.RtldNow | Libc.RtldGlobal);
            return;
        }
    }

    private static IEnumerable<string> MultiarchFolders()
    {
        var cpu = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 => "aarch64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return [$"/usr/lib/{cpu}-linux-gnu", "/usr/lib64", "/usr/lib"];
    }

    private static nint LoadShim()
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Shim);
        try
        {
            return File.Exists(beside)
                ? NativeLibrary.Load(beside)
                : NativeLibrary.Load(Shim, Assembly.GetExecutingAssembly(), DllImportSearchPath.AssemblyDirectory);
        }
        catch (DllNotFoundException e)
        {
            throw new DllNotFoundException(
                $"{beside} or a library it needs could not be loaded: {e.Message} Install libtorch (apt-get install --no-install-recommends libtorch1.13 libopenblas0-openmp) and build again.", e);
        }
    }

    private static void WarnOfSlowBlas(nint library)
    {
        var file = Marshal.PtrToStringUTF8(((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "ts_blas_file"))()) ?? "";
        var real = File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file;
        if (real.Contains("/blas/", StringComparison.Ordinal) && !real.Contains("openblas", StringComparison.OrdinalIgnoreCase))
            Console.Error.WriteLine(
                $"warning: matrix products come from the reference BLAS ({real}), about twenty times slower than OpenBLAS. Remedy: apt-get install libopenblas0-openmp");
    }
}
