using System.Collections.Concurrent;
using System.Security.Cryptography;
using ViViT.Storage;

namespace ViViT.Silo.Security;

/// <summary>
/// The tokens that open the API, as hashes in memory: the built-in one, and those of the database, looked at every two seconds. One that is not known is
/// looked for at once, so a new token works on every silo, and one that is revoked stops within seconds. While the database is away, those that are
/// known go on to work for an hour, so that what trains is not disturbed.
/// </summary>
internal sealed partial class KnownTokens(BearerToken builtIn, AccessTokens stored, TimeProvider time, ILogger<KnownTokens> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TrustedFor = TimeSpan.FromHours(1);
    private static readonly TimeSpan NoteUseEvery = TimeSpan.FromMinutes(1);

    // However many unknown tokens are tried, the database is asked no more often than this.
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1);
    private readonly ConcurrentDictionary<long, bool> used = new();
    private volatile Look? last;
    private volatile Look? good;

    /// <summary>Whose token the header carries, by what is known at the moment.</summary>
    public Verdict Recognise(string? authorization)
    {
        if (TokenSecret.In(authorization) is not { } token) return new(null, AccessProblem.NoToken);
        var hash = TokenSecret.Hash(token);
        if (builtIn.Is(hash)) return new(Caller.Administrator, AccessProblem.None);
        if (good is not { } known || time.GetElapsedTime(known.Began) > TrustedFor) return new(null, AccessProblem.Unchecked);
        if (known.Tokens[Head(hash)].FirstOrDefault(one => CryptographicOperations.FixedTimeEquals(one.Sha256, hash)) is not { } found) return new(null, AccessProblem.Unknown);
        var caller = new Caller(found.Name, found.Role, found.Pool);
        if (found.RevokedAt is not null) return new(caller, AccessProblem.Revoked);
        if (found.ExpiresAt <= time.GetUtcNow()) return new(caller, AccessProblem.Expired);
        used.TryAdd(found.Id, true);
        return new(caller, AccessProblem.None);
    }

    /// <summary>As <see cref="Recognise"/>, after a look at the database that begins now.</summary>
    public async Task<Verdict> Ask(string? authorization, CancellationToken cancellation)
    {
        var since = time.GetTimestamp();
        return await LookSince(since, cancellation) is { } ? new(null, AccessProblem.Unchecked) : Recognise(authorization);
    }

    /// <summary>Looks at the database unless another has, later than that; the fault when it is away.</summary>
    internal async Task<Exception?> LookSince(long since, CancellationToken cancellation)
    {
        await turn.WaitAsync(cancellation);
        try
        {
            if (last is { } before)
            {
                if (before.Began > since) return before.Fault;
                if (Spacing - time.GetElapsedTime(before.Began) is { Ticks: > 0 } early) await Task.Delay(early, time, cancellation);
            }

            var began = time.GetTimestamp();
            try
            {
                last = good = new Look(began, (await stored.Known(cancellation)).ToLookup(token => Head(token.Sha256)), Fault: null);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                last = new Look(began, Array.Empty<StoredToken>().ToLookup(token => Head(token.Sha256)), fault);
            }

            return last.Fault;
        }
        finally
        {
            turn.Release();
        }
    }

    public override void Dispose()
    {
        turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (away, noted) = (false, time.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var fault = await LookSince(time.GetTimestamp(), stoppingToken);
                if (fault is not null && !away) NotRead(fault, TrustedFor);
                away = fault is not null;
                if (!away && time.GetElapsedTime(noted) >= NoteUseEvery)
                {
                    noted = time.GetTimestamp();
                    await NoteUse(stoppingToken);
                }

                await Task.Delay(Every, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task NoteUse(CancellationToken cancellation)
    {
        var ids = used.Keys.ToArray();
        if (ids.Length == 0) return;
        used.Clear();
        try
        {
            await stored.Used(ids, cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            UseNotNoted(fault);
        }
    }

    // Where in the lookup; the comparison that counts takes the whole hash, in constant time.
    private static long Head(byte[] hash) => BitConverter.ToInt64(hash);

    [LoggerMessage(LogLevel.Warning, "The tokens cannot be read; those that are known stay valid for {TrustedFor} since they were last seen")]
    private partial void NotRead(Exception fault, TimeSpan trustedFor);

    [LoggerMessage(LogLevel.Warning, "The last use of tokens could not be noted")]
    private partial void UseNotNoted(Exception fault);

    private sealed record Look(long Began, ILookup<long, StoredToken> Tokens, Exception? Fault);
}

/// <param name="Caller">Whose token it is; of one that has ended, too.</param>
internal readonly record struct Verdict(Caller? Caller, AccessProblem Problem);

/// <summary>What keeps a token from opening anything.</summary>
internal enum AccessProblem
{
    None,

    /// <summary>The request carries none.</summary>
    NoToken,

    /// <summary>It is nobody's.</summary>
    Unknown,
    Expired,
    Revoked,

    /// <summary>The database that would know is away.</summary>
    Unchecked,
}
