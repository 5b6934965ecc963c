namespace ViViT.Worker.Agent;

/// <summary>How a stopping agent uses its grace, after which whoever supervises it kills it.</summary>
/// <param name="Save">So long trainers may take for the step and its checkpoint; what is not saved then is handed back as it was saved last.</param>
/// <param name="HandBack">So long after the beginning the server may take to hear of it; what it has not heard of then is left to its lease's end.</param>
internal readonly record struct StopSchedule(TimeSpan Save, TimeSpan HandBack)
{
    private static readonly TimeSpan LongestMargin = TimeSpan.FromSeconds(10);

    /// <summary>The last quarter of the grace, at most ten seconds, is kept: its first half to hand back, its second to end trainers and the process.</summary>
    public static StopSchedule Within(TimeSpan grace)
    {
        var margin = grace / 4 < LongestMargin ? grace / 4 : LongestMargin;
        return new(grace - margin, grace - margin / 2);
    }
}
