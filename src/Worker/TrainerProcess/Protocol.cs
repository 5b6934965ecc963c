using System.Text.Json;
using System.Text.Json.Serialization;
using ViViT.Contracts;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.Training.Groups;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// What an agent says to its trainer on the trainer's stdin: one JSON object a line. The end of stdin means that the agent is gone; the
/// trainer then ends at once, whatever it does.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "say")]
[JsonDerivedType(typeof(Train), "train")]
[JsonDerivedType(typeof(Stop), "stop")]
[JsonDerivedType(typeof(Measure), "measure")]
internal abstract record TrainerRequest
{
    private TrainerRequest()
    {
    }

    /// <summary>Train these as one. One group at a time: the agent waits for the end of every member before it sends another request.</summary>
    /// <param name="Experiments">The members, each in its place.</param>
    /// <param name="GroupSize">K, the places of the group; those without a member stay empty.</param>
    /// <param name="Checkpoints">The checkpoint root that the pool's workers share.</param>
    /// <param name="Data">The data folder.</param>
    public sealed record Train(IReadOnlyList<LeasedExperiment> Experiments, int GroupSize, string Checkpoints, string Data) : TrainerRequest;

    /// <summary>Finish the step, save a checkpoint, and end this member's training while the others go on; without effect when it has ended.</summary>
    public sealed record Stop(Held Member) : TrainerRequest;

    /// <summary>Find out how many experiments of this shape train best as one here.</summary>
    /// <param name="MaxGroup">The most that are tried.</param>
    public sealed record Measure(ExperimentSpec Example, int MaxGroup) : TrainerRequest;
}

/// <summary>
/// What a trainer says to its agent on stdout: one JSON object a line, nothing else. After <see cref="Ready"/>, each member of a group is
/// <see cref="Started"/>, any number of times <see cref="Measured"/> and <see cref="Saved"/>, and exactly once <see cref="Finished"/>,
/// <see cref="Stopped"/> or <see cref="Failed"/>, which may also come first; <see cref="Loading"/> comes before, <see cref="Alive"/> between; <see cref="Stepped"/>, <see cref="Wrote"/>
/// and <see cref="Read"/> tell the agent what to count. When all members have ended, the trainer waits for another
/// request. It answers the wish to measure with <see cref="Sized"/> or <see cref="Unsized"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "say")]
[JsonDerivedType(typeof(Ready), "ready")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Measured), "measured")]
[JsonDerivedType(typeof(Saved), "saved")]
[JsonDerivedType(typeof(Alive), "alive")]
[JsonDerivedType(typeof(Loading), "loading")]
[JsonDerivedType(typeof(Stepped), "stepped")]
[JsonDerivedType(typeof(Wrote), "wrote")]
[JsonDerivedType(typeof(Read), "read")]
[JsonDerivedType(typeof(Finished), "finished")]
[JsonDerivedType(typeof(Stopped), "stopped")]
[JsonDerivedType(typeof(Failed), "failed")]
[JsonDerivedType(typeof(Sized), "sized")]
[JsonDerivedType(typeof(Unsized), "unsized")]
internal abstract record TrainerReply
{
    private TrainerReply()
    {
    }

    /// <summary>Said once: libtorch is loaded, the device answers.</summary>
    public sealed record Ready : TrainerReply;

    /// <param name="Step">Optimiser steps done before, from the checkpoint.</param>
    public sealed record Started(Held Member, long Step, long TotalSteps) : TrainerReply;

    /// <summary>Points in the order in which they were measured.</summary>
    public sealed record Measured(Held Member, IReadOnlyList<MetricPoint> Points) : TrainerReply;

    /// <summary>A checkpoint is complete on disk; every point up to its step was told before it.</summary>
    public sealed record Saved(Held Member, CheckpointManifest Checkpoint) : TrainerReply;

    /// <summary>Said by the thread that trains when it has computed something, at most once a second: a process that no longer says it hangs.</summary>
    /// <param name="Step">Steps of the group.</param>
    public sealed record Alive(long Step) : TrainerReply;

    /// <summary>Said while data are fetched, as more of them come, at most once a second.</summary>
    public sealed record Loading : TrainerReply;

    /// <summary>Steps since it was said last: said before <see cref="Alive"/> and before a member's end.</summary>
    /// <param name="Steps">Of the group.</param>
    /// <param name="Samples">Of all members that were in training.</param>
    /// <param name="Seconds">Of these steps together.</param>
    public sealed record Stepped(long Steps, long Samples, double Seconds) : TrainerReply;

    /// <summary>A checkpoint went from the device to the disk.</summary>
    public sealed record Wrote(Held Member, long Bytes, double Seconds) : TrainerReply;

    /// <summary>A checkpoint came back.</summary>
    public sealed record Read(Held Member, long Bytes, double Seconds) : TrainerReply;

    /// <summary>Trained to its end.</summary>
    public sealed record Finished(Held Member) : TrainerReply;

    /// <summary>Ended because it was asked to; its last step is saved.</summary>
    public sealed record Stopped(Held Member) : TrainerReply;

    /// <summary>Ended without a result; the process lives on.</summary>
    public sealed record Failed(Held Member, FailureClass Class, string Reason) : TrainerReply;

    /// <summary>How fast groups of the shape are.</summary>
    public sealed record Sized(GroupSizes Sizes) : TrainerReply;

    /// <summary>The shape could not be measured.</summary>
    public sealed record Unsized(string Reason) : TrainerReply;
}

/// <summary>One measured value.</summary>
/// <param name="Step">Optimiser steps done when it was measured.</param>
internal sealed record MetricPoint(string Metric, long Step, double Value);

/// <summary>The protocol's lines.</summary>
internal static class ProtocolLine
{
    public static string Of(TrainerRequest request) => JsonSerializer.Serialize(request, ContractsJson.Options);

    public static string Of(TrainerReply reply) => JsonSerializer.Serialize(reply, ContractsJson.Options);

    /// <exception cref="JsonException">The line is none of the protocol.</exception>
    public static TrainerRequest Request(string line) => Parse<TrainerRequest>(line);

    /// <exception cref="JsonException">The line is none of the protocol.</exception>
    public static TrainerReply Reply(string line) => Parse<TrainerReply>(line);

    private static T Parse<T>(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(line, ContractsJson.Options) ?? throw new JsonException("The line is null.");
        }
        catch (NotSupportedException nameless)
        {
            // The serializer's word for an object of an abstract type that does not tell which one it is.
            throw new JsonException("The line does not begin with what it says: {\"say\": …}.", nameless);
        }
    }
}
