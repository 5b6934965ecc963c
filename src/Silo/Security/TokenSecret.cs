using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ViViT.Silo.Security;

/// <summary>The text of a token: <c>vivit_</c>, which scanners for leaked secrets know it by, and 256 random bits.</summary>
internal static class TokenSecret
{
    private const string Prefix = "vivit_";
    private const int Bytes = 32;
    private const int LongestSent = 4096;
    private const string Scheme = "Bearer ";

    public static string Fresh() => Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>What is stored of it, and compared.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The token in an <c>Authorization</c> header; null when it carries none.</summary>
    public static string? In(string? authorization) =>
        authorization is { Length: > 7 and <= LongestSent } && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && authorization[Scheme.Length..].Trim() is { Length: > 0 } token ? token : null;
}
