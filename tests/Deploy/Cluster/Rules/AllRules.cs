namespace ViViT.Deploy.Tests.Cluster.Rules;

/// <summary>What a rendered overlay keeps to.</summary>
internal static class AllRules
{
    public static IEnumerable<string> Problems(Rendered all) =>
    [
        .. ContainerRules.Problems(all), .. EnvironmentRules.Problems(all), .. ReferenceRules.Problems(all), .. NetworkRules.Problems(all), .. PoolRules.Problems(all), .. SecretRules.Problems(all),
    ];
}
