using System.IO.Compression;
using System.Text;

namespace ViViT.Data.Tests;

/// <summary>Arrays and archives made by hand, byte for byte as NumPy's format page says.</summary>
internal static class Archives
{
    public static byte[] Npy(string header, byte[] elements, byte major = 1)
    {
        var text = Encoding.UTF8.GetBytes(header + "\n");
        byte[] size = major == 1 ? [(byte)text.Length, (byte)(text.Length >> 8)] : [(byte)text.Length, (byte)(text.Length >> 8), 0, 0];
        return [0x93, .. "NUMPY"u8, major, 0, .. size, .. text, .. elements];
    }

    public static byte[] Npy(string type, string shape, params byte[] elements) => Npy($"{{'descr': '{type}', 'fortran_order': False, 'shape': ({shape}), }}", elements);

    public static byte[] Npz(CompressionLevel level, params (string Name, byte[] Content)[] members)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in members)
            {
                using var stream = zip.CreateEntry(name, level).Open();
                stream.Write(content);
            }
        }

        return file.ToArray();
    }
}
