namespace ViViT.Worker.Tests.Support;

/// <summary>NVIDIA's tool, played by the shell.</summary>
internal static class FakeSmi
{
    public static NvidiaSmi Write(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new(path);
    }
}
