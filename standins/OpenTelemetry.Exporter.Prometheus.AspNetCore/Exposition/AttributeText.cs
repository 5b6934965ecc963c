using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace OpenTelemetry.Exporter.Prometheus;

/// <summary>An attribute's value as a label's.</summary>
internal static class AttributeText
{
    public static string Of(object? value) => value switch
    {
        null => "",
        string text => text,
        bool yes => yes ? "true" : "false",
        double number => Numbers.Canonical(number),
        float number => Numbers.Canonical(double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable many => JsonSerializer.Serialize(many.Cast<object?>().Select(Of)),
        _ => value.ToString() ?? "",
    };
}
