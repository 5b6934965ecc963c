using ViViT.Contracts.Access;

namespace ViViT.Silo.Security;

/// <summary>Who makes a request: the holder of a token.</summary>
/// <param name="Token">The token's name; <see cref="BuiltIn"/> for the one in the silo's own file.</param>
/// <param name="Pool">Of a worker: the pool that it serves.</param>
internal sealed record Caller(string Token, Role Role, string? Pool)
{
    /// <summary>Name of the token in VIVIT_TOKEN_FILE.</summary>
    public const string BuiltIn = "admin";

    public static Caller Administrator { get; } = new(BuiltIn, Role.Admin, Pool: null);

    /// <summary>As events name it.</summary>
    public string By { get; } = $"token {Token}";

    /// <summary>Of a request that has passed <see cref="AccessControl"/>; lets handlers take a <see cref="Caller"/> as a parameter.</summary>
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context));

    /// <summary>Null for a request that needs no token.</summary>
    public static Caller? Of(HttpContext context) => context.Features.Get<Caller>();
}
