namespace ViViT.Dashboards;

/// <summary>How one column or series looks, where it is not as its panel's others.</summary>
public sealed class FieldOverride
{
    private readonly object matcher;
    private readonly List<object> properties = [];

    private FieldOverride(object matcher) => this.matcher = matcher;

    public static FieldOverride Named(string field) => new(new { id = "byName", options = field });

    public static FieldOverride Like(string pattern) => new(new { id = "byRegexp", options = pattern });

    public FieldOverride Unit(string unit) => With("unit", unit);

    public FieldOverride Called(string name) => With("displayName", name);

    public FieldOverride Wide(int pixels) => With("custom.width", pixels);

    public FieldOverride Hidden() => With("custom.hidden", true);

    public FieldOverride Decimals(int decimals) => With("decimals", decimals);

    public FieldOverride Color(string color) => With("color", new { mode = "fixed", fixedColor = color });

    /// <summary>A bar as long as the value is large, within its cell.</summary>
    public FieldOverride Gauge(double min, double max) => With("custom.cellOptions", new { type = "gauge", mode = "basic" }).With("min", min).With("max", max);

    /// <summary>The cell leads there.</summary>
    public FieldOverride Link(string title, string url) => With("links", new object[] { new { title, url, targetBlank = false } });

    /// <summary>The state's color.</summary>
    public FieldOverride States() => With("custom.cellOptions", new { type = "color-text" }).With("mappings", StateColors.Mappings);

    public FieldOverride With(string id, object value)
    {
        properties.Add(new { id, value });
        return this;
    }

    internal object ToJson() => new { matcher, properties };
}
