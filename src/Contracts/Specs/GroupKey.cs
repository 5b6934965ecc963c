using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ViViT.Contracts.Specs;

/// <summary>The identity of a group: a hash of everything that its members must agree on.</summary>
public static class GroupKey
{
    /// <summary>Sixteen hexadecimal digits over the spec with learning rate and seed left out.</summary>
    public static string Of(ExperimentSpec spec)
    {
        var shared = spec with { Seed = 0, Training = spec.Training with { LearningRate = 0 } };
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(shared, ContractsJson.Options)));
        return Convert.ToHexStringLower(hash.AsSpan(0, 8));
    }
}
