using System.Text.Json;
using ViViT.Contracts.Search;
using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Tests.Search;

/// <summary>Sweeps for tests, said in JSON as a program would say them.</summary>
internal static class Sweeps
{
    /// <param name="rest">Members of the sweep besides its name and experiment, with ' for ".</param>
    public static SweepSpec Of(string rest) => JsonSerializer.Deserialize<SweepSpec>(
        "{'name': 'study', 'experiment': {'data': {'name': 'adrenalmnist3d'}}, ".Replace('\'', '"') + $"{rest.Replace('\'', '"')}}}", ContractsJson.Options)!;

    public static SweepSpec Search(string method, int experiments, string space, string more = "") =>
        Of($"'search': {{'method': '{method}', 'experiments': {experiments}, 'space': {{{space}}}{more}}}");

    public static string[] Problems(string rest) => [.. SweepValidation.Check(Of(rest)).Select(problem => problem.ToString())];

    /// <summary>The whole search, one experiment after another, each with the value that the function gives it.</summary>
    public static List<(Cell Cell, double Value)> Run(SweepSpec sweep, Func<ExperimentSpec, double> objective)
    {
        var run = new SearchRun(sweep);
        var (cells, results) = (new List<Cell>(), new List<SearchResult>());
        while (results.Count < SearchPlan.Total(sweep))
        {
            cells.AddRange(run.Next(cells.Count, results));
            results.Add(new(results.Count, objective(cells[results.Count].Spec)));
        }

        return [.. cells.Zip(results, (cell, result) => (cell, result.Value!.Value))];
    }
}
