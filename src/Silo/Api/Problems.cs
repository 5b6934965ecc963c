using Microsoft.AspNetCore.Http.HttpResults;
using ViViT.Contracts.Specs;

namespace ViViT.Silo.Api;

/// <summary>The expected ways of saying no.</summary>
internal static class Problems
{
    public static ProblemHttpResult NoSweep(long id) => NotFound($"No sweep {id}. `vivit sweep list` shows those that exist.");

    public static ProblemHttpResult NoExperiment(long id) => NotFound($"No experiment {id}. `vivit sweep status` lists those of a sweep.");

    public static ProblemHttpResult Invalid(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult NoWorker(string name) => NotFound($"No worker '{name}'. `vivit worker list` shows those that are known.");

    public static ProblemHttpResult NoToken(long id) => NotFound($"No token {id}. `vivit token list` shows those that exist.");

    public static ProblemHttpResult Conflict(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status409Conflict);

    /// <summary>Every problem stands in the member <c>problems</c>, with its path and remedy.</summary>
    public static ProblemHttpResult InvalidSpec(IReadOnlyList<SpecProblem> problems) => TypedResults.Problem(
        string.Join('\n', problems), title: "The sweep is not sound.", statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["problems"] = problems });

    private static ProblemHttpResult NotFound(string what) => TypedResults.Problem(what, statusCode: StatusCodes.Status404NotFound);
}
