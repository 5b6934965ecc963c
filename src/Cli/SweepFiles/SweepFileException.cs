namespace ViViT.Cli.SweepFiles;

/// <summary>Everything that is wrong with a sweep file, one line each: <c>file:line:column: what. How to mend it.</c></summary>
internal sealed class SweepFileException(string path, IEnumerable<FileProblem> problems)
    : Exception(string.Join('\n', problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Select(problem => $"{path}:{problem.Line}:{problem.Column}: {Shorten(problem.Message)}").Distinct()))
{
    private const int LongestStart = 500;
    private const int LongestEnd = 3_000;

    // What is wrong stands at the start, the remedy at the end; between them may stand a word of the file that has no end.
    private static string Shorten(string message) =>
        message.Length > LongestStart + LongestEnd ? $"{message[..LongestStart]}…{message[^LongestEnd..]}" : message;
}

/// <param name="Line">From 1, as <paramref name="Column"/>.</param>
internal sealed record FileProblem(long Line, long Column, string Message);
