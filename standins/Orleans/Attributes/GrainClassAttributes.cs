using System.Globalization;
using Orleans.Runtime;

namespace Orleans
{
    /// <summary>Gives a grain class its grain type, in place of the one made of its name.</summary>
    [AttributeUsage(AttributeTargets.Class, AllowMultiple = false)]
    public sealed class GrainTypeAttribute(string grainType) : Attribute
    {
        internal GrainType GrainType { get; } = GrainType.Create(grainType);
    }

    /// <summary>The grain is never collected for idleness.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class KeepAliveAttribute : Attribute;

    /// <summary>How long the grain may be idle before it is collected; at least one minute.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public class CollectionAgeLimitAttribute : Attribute
    {
        public static readonly TimeSpan MinAgeLimit = TimeSpan.FromMinutes(1);

        public CollectionAgeLimitAttribute()
        {
        }

        public CollectionAgeLimitAttribute(string inactivityPeriod) => Minutes = TimeSpan.Parse(inactivityPeriod, CultureInfo.InvariantCulture).TotalMinutes;

        public double Days { get; set; }

        public double Hours { get; set; }

        public double Minutes { get; set; }

        public bool AlwaysActive { get; set; }

        public TimeSpan AgeLimit
            => AlwaysActive ? TimeSpan.MaxValue
            : TimeSpan.FromDays(Days) + TimeSpan.FromHours(Hours) + TimeSpan.FromMinutes(Minutes) is var limit && limit > MinAgeLimit ? limit
            : MinAgeLimit;
    }
}

namespace Orleans.CodeGeneration
{
    /// <summary>The version of a grain interface. One silo knows one version.</summary>
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class VersionAttribute(ushort version) : Attribute
    {
        public ushort Version { get; } = version;
    }
}
