namespace ViViT.Worker;

internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Something failed; the last lines on stderr say what.</summary>
    public const int Failed = 1;

    /// <summary>Wrong arguments or settings.</summary>
    public const int Usage = 2;
}
