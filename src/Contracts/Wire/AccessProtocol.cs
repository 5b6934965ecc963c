using ViViT.Contracts.Access;

namespace ViViT.Contracts.Wire;

/// <summary>The wish for a token.</summary>
/// <param name="Name">Who will hold it, e.g. <c>ci-bot</c>: 1 to 100 letters, digits and <c>._-</c>. No two live tokens share one.</param>
/// <param name="Pool">Of a worker's token: the pool that it serves; null for other roles.</param>
/// <param name="ExpiresSeconds">It ends by itself after so long; null: never.</param>
/// <param name="Replace">The token takes over from the live one of that name, role and pool, which ends within the hour: what rotation needs.</param>
public sealed record TokenRequest(string Name, Role Role, string? Pool = null, double? ExpiresSeconds = null, bool Replace = false);

/// <summary>A fresh token.</summary>
/// <param name="Secret">What its holder shows on every request. Told this once: only its hash is stored.</param>
public sealed record CreatedToken(TokenRow Token, string Secret);

/// <summary>A token as the control plane knows it: all but the token.</summary>
/// <param name="CreatedBy">Who asked for it, e.g. <c>token admin</c>.</param>
/// <param name="ExpiresAt">Null: never by itself.</param>
/// <param name="LastUsedAt">To the minute or so; null when never.</param>
public sealed record TokenRow(
    long Id, string Name, Role Role, string? Pool, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

/// <summary>What the silo takes the holder of a token for.</summary>
/// <param name="Token">Its name; <c>admin</c> for the one in the silo's own file.</param>
/// <param name="Pool">Of a worker's token: the pool that it serves.</param>
public sealed record WhoAmI(string Token, Role Role, string? Pool);
