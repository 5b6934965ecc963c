using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ViViT.Contracts;
using ViViT.Contracts.Specs;

namespace ViViT.Silo.Api;

/// <summary>Reads a sweep from a request's body; a key that nobody reads is a problem with a name, not a setting that silently does nothing.</summary>
internal static class SpecReader
{
    // Of a body of megabytes whose every key is wrong.
    private const int MostTold = 100;

    /// <returns>The spec, or what keeps the body from being one.</returns>
    /// <exception cref="JsonException">The body is no JSON at all.</exception>
    public static (SweepSpec? Spec, IReadOnlyList<SpecProblem> Problems) Read(JsonElement body)
    {
        var unknown = Unknown(body, typeof(SweepSpec), path: "").Take(MostTold).ToList();
        if (unknown.Count > 0)
        {
            return (null, unknown);
        }

        try
        {
            return (body.Deserialize<SweepSpec>(ContractsJson.Options) ?? throw new JsonException("The body is null."), []);
        }
        catch (JsonException wrong)
        {
            var path = wrong.Path is ['$', '.', .. var inner] ? inner : "sweep";
            return (null, [new(path, Sentence(wrong.Message), "Give a value of the right type")]);
        }
    }

    private static IEnumerable<SpecProblem> Unknown(JsonElement json, Type type, string path)
    {
        var contract = ContractsJson.Options.GetTypeInfo(type);
        if (json.ValueKind != JsonValueKind.Object || contract is not { Kind: JsonTypeInfoKind.Object, UnmappedMemberHandling: JsonUnmappedMemberHandling.Disallow })
        {
            return [];
        }

        var known = contract.Properties.ToDictionary(property => property.Name, property => property.PropertyType);
        return json.EnumerateObject().SelectMany(member => known.TryGetValue(member.Name, out var memberType)
            ? Unknown(member.Value, memberType, $"{path}{member.Name}.")
            : [new(path + member.Name, "there is no such key", Spelling.Suggest(member.Name, known.Keys))]);
    }

    // System.Text.Json appends the position (" Path: $.a | LineNumber: 0 | …"), which the problem tells itself.
    private static string Sentence(string message) => message.Split(" Path: ")[0].TrimEnd('.', ' ');
}
