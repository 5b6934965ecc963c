namespace ViViT.Dashboards;

/// <summary>One color for each state, everywhere.</summary>
internal static class StateColors
{
    private static readonly (string State, string Color)[] All =
    [
        ("pending", "#8e8e8e"), ("queued", "#b8b8b8"), ("running", "#3274d9"), ("releasing", "#e0b400"), ("succeeded", "#37872d"),
        ("stopped", "#8f3bb8"), ("failed", "#c4162a"), ("cancelled", "#806000"), ("paused", "#e0b400"), ("lease_lost", "#fa6400"), ("released", "#e0b400"),
    ];

    public static object[] Mappings { get; } =
        [new { type = "value", options = All.Select((one, index) => (one.State, Look: (object)new { color = one.Color, index, text = one.State.Replace('_', ' ') })).ToDictionary(one => one.State, one => one.Look) }];

    public static IEnumerable<FieldOverride> Series => All.Select(one => FieldOverride.Named(one.State).Color(one.Color));
}
