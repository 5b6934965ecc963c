namespace ViViT.Silo.Api;

internal sealed partial class Faults
{
    [LoggerMessage(LogLevel.Warning, "{Method} {Path}: the database is away ({Problem})")]
    private partial void DatabaseAway(string method, string path, string problem);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path}: no answer from the grain ({Problem})")]
    private partial void NoAnswer(string method, string path, string problem);

    [LoggerMessage(LogLevel.Warning, "{Method} {Path}: refused. {Problem}")]
    private partial void Refused(string method, string path, string problem);

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed ({Request})")]
    private partial void Failed(Exception fault, string method, string path, string request);
}
