namespace ViViT.Contracts.Specs.Rules;

/// <summary>What a sweep may ask of its pool.</summary>
internal static class QueueRules
{
    private const double LargestWeight = 1000;
    private const int LongestDevice = 100;

    public static IEnumerable<SpecProblem> Check(SweepSpec sweep) =>
    [
        .. Rule.Unless(sweep.Priority is >= SweepSpec.LowestPriority and <= SweepSpec.HighestPriority, "priority", $"{sweep.Priority} is out of range",
            $"Give {SweepSpec.LowestPriority} to {SweepSpec.HighestPriority}."),
        .. Rule.Unless(sweep.Weight is > 0 and <= LargestWeight, "weight", $"{sweep.Weight} is no share", $"Give a number above 0, up to {LargestWeight}, e.g. 2."),
        .. Rule.Positive("max_parallel", sweep.MaxParallel ?? 1),
        .. Rule.Above0("resources.memory_gib", sweep.Resources.MemoryGib ?? 1, "size of a memory", "16"),
        .. Rule.Unless(sweep.Resources.Device is null or { Length: >= 1 and <= LongestDevice }, "resources.device",
            $"a kind of device has 1 to {LongestDevice} letters", "Give a part of its name, e.g. H200, or leave it out: any."),
    ];
}
