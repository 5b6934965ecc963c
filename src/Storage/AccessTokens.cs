using Npgsql;
using NpgsqlTypes;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;

namespace ViViT.Storage;

/// <summary>Tokens that open the API. What is stored of a token is its SHA-256.</summary>
public sealed class AccessTokens(NpgsqlDataSource database)
{
    /// <summary>How long a token that was replaced goes on beside the new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(1);

    // How long the holder of a token that has ended is told so, instead of that nobody knows it.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(7);

    private const string Columns = "id, name, role, pool, created_at, created_by, expires_at, revoked_at, last_used_at";

    /// <param name="sha256">Of the token.</param>
    /// <param name="by">Who wants it.</param>
    /// <returns>Null when the name is taken: by a live token, or by one of another role or pool that was to be replaced.</returns>
    public async Task<TokenRow?> Create(TokenRequest wanted, byte[] sha256, string by, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await connection.Execute("""
            -- AccessTokens.FreeName: of what has expired; and of what is replaced
            update access_token set replaced_at = clock_timestamp(), expires_at = least(expires_at, clock_timestamp() + @overlap)
            where name = @name and revoked_at is null and replaced_at is null
              and (expires_at <= clock_timestamp() or (@replace and role = @role and pool is not distinct from @pool))
            """, cancellation, ("name", wanted.Name), ("replace", wanted.Replace), ("role", Sql.Text(wanted.Role)), ("pool", Sql.Optional("pool", wanted.Pool)), ("overlap", Overlap));
        var created = (await connection.Query($"""
            -- AccessTokens.Create
            with created as (
              insert into access_token (name, role, pool, sha256, created_by, expires_at)
              values (@name, @role, @pool, @sha256, @by, clock_timestamp() + @lifetime) on conflict do nothing returning *),
            noted as (
              insert into event (kind, text, by)
              select 'token_created', 'token ' || name || ' (' || id || '): ' || role || coalesce(' of pool ' || pool, '')
                     || coalesce(', until ' || to_char(expires_at at time zone 'utc', 'YYYY-MM-DD HH24:MI') || ' UTC', '') || case when @replace then ', in the place of the one before' else '' end, @by
              from created)
            select {Columns} from created
            """, Read, cancellation, ("name", wanted.Name), ("role", Sql.Text(wanted.Role)), ("pool", Sql.Optional("pool", wanted.Pool)), ("sha256", sha256), ("by", by), ("replace", wanted.Replace),
            ("lifetime", new NpgsqlParameter("lifetime", NpgsqlDbType.Interval) { Value = wanted.ExpiresSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DBNull.Value }))).SingleOrDefault();
        if (created is not null) await transaction.CommitAsync(cancellation);
        return created;
    }

    /// <summary>All there ever were, newest first.</summary>
    public async Task<IReadOnlyList<TokenRow>> List(CancellationToken cancellation) =>
        await database.Query($"-- AccessTokens.List\nselect {Columns} from access_token order by id desc", Read, cancellation);

    /// <summary>Ends a token. Ending it again changes nothing.</summary>
    /// <returns>Whether there is such a token.</returns>
    public async Task<bool> Revoke(long id, string by, CancellationToken cancellation) => (await database.Query("""
        -- AccessTokens.Revoke
        with revoked as (update access_token set revoked_at = clock_timestamp() where id = @id and revoked_at is null returning id, name),
        noted as (insert into event (kind, text, by) select 'token_revoked', 'token ' || name || ' (' || id || ')', @by from revoked)
        select exists (select from access_token where id = @id)
        """, row => row.GetBoolean(0), cancellation, ("id", id), ("by", by))).Single();

    /// <summary>Everything that is needed to know tokens by: those that live, and those that ended lately.</summary>
    public async Task<IReadOnlyList<StoredToken>> Known(CancellationToken cancellation) => await database.Query("""
        -- AccessTokens.Known
        select id, name, role, pool, sha256, expires_at, revoked_at from access_token
        where coalesce(revoked_at, 'infinity') > clock_timestamp() - @remembered and coalesce(expires_at, 'infinity') > clock_timestamp() - @remembered
        """, row => new StoredToken(row.GetInt64(0), row.GetString(1), Sql.Parse<Role>(row.GetString(2)), row.TextOrNull(3), row.GetFieldValue<byte[]>(4), row.TimeOrNull(5), row.TimeOrNull(6)),
        cancellation, ("remembered", Remembered));

    /// <summary>Notes that the tokens are in use.</summary>
    public async Task Used(IReadOnlyCollection<long> ids, CancellationToken cancellation) => await database.Execute("""
        -- AccessTokens.Used
        update access_token set last_used_at = clock_timestamp() where id = any(@ids)
        """, cancellation, ("ids", ids.ToArray()));

    private static TokenRow Read(NpgsqlDataReader row) => new(
        row.GetInt64(0), row.GetString(1), Sql.Parse<Role>(row.GetString(2)), row.TextOrNull(3), row.Time(4), row.GetString(5), row.TimeOrNull(6), row.TimeOrNull(7), row.TimeOrNull(8));
}

/// <summary>A token as it is known by.</summary>
public sealed record StoredToken(long Id, string Name, Role Role, string? Pool, byte[] Sha256, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);
