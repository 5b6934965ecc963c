namespace TorchSharp.Utils;

/// <summary>The name that a field has among a module's components, where it differs from the field's own.</summary>
[AttributeUsage(AttributeTargets.Field)]
public class ComponentNameAttribute : Attribute
{
    public string? Name { get; set; }
}
