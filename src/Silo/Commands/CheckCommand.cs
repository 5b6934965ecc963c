using System.Text.Json;
using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Contracts.Diagnosis;
using ViViT.Silo.Configuration;
using ViViT.Storage;

namespace ViViT.Silo.Commands;

/// <summary><c>ViViT.Silo check</c>: what it finds of the database, as JSON. <c>vivit doctor</c> shows it beside what it finds itself.</summary>
internal static class CheckCommand
{
    /// <returns>0: fit to serve on; 1: something will not work.</returns>
    /// <exception cref="SettingException">A setting cannot be used.</exception>
    public static async Task<int> Run(IReadOnlyList<string> flags)
    {
        await using var database = NpgsqlDataSource.Create(SiloOptions.ConnectionString(OtherCommands.Read(flags)));
        var findings = await new DatabaseInspection(database, TimeProvider.System).Findings(CancellationToken.None);
        await Console.Out.WriteLineAsync(JsonSerializer.Serialize(findings, ContractsJson.Options));
        return findings.Any(finding => finding.Standing == Standing.Fail) ? 1 : 0;
    }
}
