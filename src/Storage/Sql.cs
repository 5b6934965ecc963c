using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using ViViT.Contracts;

namespace ViViT.Storage;

/// <summary>Short forms of what every statement needs.</summary>
internal static class Sql
{
    public static async Task<List<T>> Query<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Bind(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancellation)) rows.Add(read(reader));
        return rows;
    }

    public static async Task<List<T>> Query<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Query(sql, read, cancellation, parameters);
    }

    public static async Task<int> Execute(
        this NpgsqlConnection connection, string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Bind(parameters);
        return await command.ExecuteNonQueryAsync(cancellation);
    }

    public static async Task<int> Execute(
        this NpgsqlDataSource database, string sql, CancellationToken cancellation, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await connection.Execute(sql, cancellation, parameters);
    }

    /// <summary>An enum's value as rows and JSON spell it.</summary>
    public static string Text<T>(T value)
        where T : struct, Enum => ContractsJson.Name(value);

    public static T Parse<T>(string text)
        where T : struct, Enum => Enum.Parse<T>(text.Replace("_", "", StringComparison.Ordinal), ignoreCase: true);

    public static string Json<T>(T value) => JsonSerializer.Serialize(value, ContractsJson.Options);

    public static T FromJson<T>(string json) => JsonSerializer.Deserialize<T>(json, ContractsJson.Options)!;

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static int? IntOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    public static long? LongOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static double? DoubleOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDouble(column);

    public static DateTimeOffset Time(this NpgsqlDataReader row, int column) => row.GetFieldValue<DateTimeOffset>(column);

    public static DateTimeOffset? TimeOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Time(column);

    /// <summary>A value that may be absent: typed, so that its absence is no puzzle to the server.</summary>
    public static NpgsqlParameter Optional(string name, string? value) => new(name, NpgsqlDbType.Text) { Value = value ?? (object)DBNull.Value };

    /// <inheritdoc cref="Optional(string, string?)"/>
    public static NpgsqlParameter Optional(string name, int? value) => new(name, NpgsqlDbType.Integer) { Value = value ?? (object)DBNull.Value };

    /// <inheritdoc cref="Optional(string, string?)"/>
    public static NpgsqlParameter Optional(string name, long? value) => new(name, NpgsqlDbType.Bigint) { Value = value ?? (object)DBNull.Value };

    /// <inheritdoc cref="Optional(string, string?)"/>
    public static NpgsqlParameter Optional(string name, long[]? value) => new(name, NpgsqlDbType.Array | NpgsqlDbType.Bigint) { Value = value ?? (object)DBNull.Value };

    /// <summary>A moment for <c>coalesce(@now, clock_timestamp())</c>: typed, so that its absence is no puzzle to the server.</summary>
    public static NpgsqlParameter Now(DateTimeOffset? now) => new("now", NpgsqlDbType.TimestampTz) { Value = now?.ToUniversalTime() ?? (object)DBNull.Value };

    private static void Bind(this NpgsqlCommand command, (string Name, object? Value)[] parameters)
    {
        foreach (var (name, value) in parameters)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter(name, value ?? DBNull.Value));
        }
    }
}
