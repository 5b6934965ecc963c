using ViViT.Contracts.Configuration;

namespace ViViT.Worker.Agent;

/// <summary>The secret that every request carries, read from its file; read again when the server refuses it, since it may have been replaced.</summary>
internal sealed class BearerToken(string file)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private volatile string value = "";

    public string File => file;

    public string Value => value;

    /// <summary>Reads the file, waiting for it to appear: a silo that starts beside this worker creates it.</summary>
    /// <exception cref="SettingException">It did not appear in time, or is empty.</exception>
    public async Task WaitFor(TimeSpan patience, TimeProvider time, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        while (!TryRead())
        {
            if (time.GetElapsedTime(started) >= patience)
            {
                throw new SettingException("VIVIT_TOKEN_FILE", $"names {file}, which is missing, unreadable or empty after {patience.TotalSeconds:0} s. Start the silo, which creates it, or copy it from there.");
            }

            await Task.Delay(Pause, time, cancellation);
        }
    }

    /// <summary>Reads the file again; keeps the old value when that fails.</summary>
    public bool TryRead()
    {
        try
        {
            if (System.IO.File.ReadAllText(file).Trim() is not { Length: > 0 } text) return false;
            value = text;
            return true;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
