namespace ViViT.Cli.SweepFiles;

/// <summary>Everything that is wrong with a sweep file, one line each: <c>file:line:column: what. How to mend it.</c></summary>
internal sealed class SweepFileException(string path, IEnumerable<FileProblem> problems)
    : Exception(string.Join('\n', problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column).Select(problem => $"{path}:{problem.Line}:{problem.Column}: {problem.Message}").Distinct()));

/// <param name="Line">From 1, as <paramref name="Column"/>.</param>
internal sealed record FileProblem(long Line, long Column, string Message);
