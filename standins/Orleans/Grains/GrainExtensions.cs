using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans;

/// <summary>Identity of grains and of references to them.</summary>
public static class GrainExtensions
{
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        null => throw new ArgumentNullException(nameof(grain)),
        _ => throw new ArgumentException($"{grain.GetType()} is neither a grain nor a reference to one.", nameof(grain)),
    };

    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    public static long GetPrimaryKeyLong(this IAddressable grain) => grain.GetGrainId().GetIntegerKey();

    public static long GetPrimaryKeyLong(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetIntegerKey(out keyExt);

    public static Guid GetPrimaryKey(this IAddressable grain) => grain.GetGrainId().GetGuidKey();

    public static Guid GetPrimaryKey(this IAddressable grain, out string? keyExt) => grain.GetGrainId().GetGuidKey(out keyExt);

    public static bool IsPrimaryKeyBasedOnLong(this IAddressable grain) => grain is IGrainWithIntegerKey or IGrainWithIntegerCompoundKey;

    /// <summary>The reference under which others call this grain: what a grain passes on instead of <c>this</c>.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain)
    {
        var id = grain.GetGrainId();
        var runtime = grain is GrainReference reference ? reference.Runtime : ((Activation)((IGrainBase)grain).GrainContext).Runtime;
        return (TGrainInterface)(object)runtime.Interfaces.For(typeof(TGrainInterface)).Refer(runtime, id);
    }

    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => grain is TGrainInterface same ? same : grain.AsReference<TGrainInterface>();
}
