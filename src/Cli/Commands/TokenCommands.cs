using System.CommandLine;
using System.Globalization;
using ViViT.Cli.Output;
using ViViT.Contracts;
using ViViT.Contracts.Access;
using ViViT.Contracts.Wire;

namespace ViViT.Cli.Commands;

/// <summary><c>vivit token create|list|revoke</c>.</summary>
internal static class TokenCommands
{
    public static Command Create() => new("token", "Who may do what: make, look at and revoke tokens") { Make(), List(), Revoke() };

    private static Command Make()
    {
        var name = new Argument<string>("NAME") { Description = "Who will hold it, e.g. ci-bot" };
        var role = new Option<string>("--role") { Description = "What it opens", Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(one => ContractsJson.Name(one))]);
        var pool = new Option<string?>("--pool") { Description = "Of a worker: the pool that it serves" };
        var expires = new Option<TimeSpan?>("--expires") { Description = "It ends by itself after so long: 90m, 12h, 30d. Without: never", CustomParser = given => Span(given.Tokens[0].Value, given.AddError) };
        var file = new Option<FileInfo?>("--out") { Description = "File to write it to, for its owner's eyes only. Without: it is printed" };
        var replace = new Option<bool>("--replace") { Description = "Take over from the live token of that name, role and pool, which ends within the hour" };
        var output = Shared.Output();
        var command = new Command("create", "Make a token; it is told this once and stored nowhere") { name, role, pool, expires, file, replace, output };
        command.Validators.Add(given =>
        {
            if (given.GetResult(role) is { Tokens: [var wanted] } && (wanted.Value == ContractsJson.Name(Role.Worker)) != given.GetResult(pool) is not null) given.AddError("A worker's token is of one pool (--pool P), that of another role of none.");
        });
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var target = parsed.GetValue(file);
            var draft = target is null ? null : SecretFile.Prepare(target.FullName); // before there is a token that could not be kept
            var wanted = new TokenRequest(parsed.GetRequiredValue(name), Enum.Parse<Role>(parsed.GetRequiredValue(role), ignoreCase: true), parsed.GetValue(pool), parsed.GetValue(expires)?.TotalSeconds, parsed.GetValue(replace));
            try
            {
                var made = await client.CreateToken(wanted, cancellation);
                draft?.Write(made.Secret);
                if (parsed.GetValue(output) == "json") Terminal.Json(draft is null ? made : made with { Secret = "" });
                else if (draft is null) Terminal.Line(made.Secret);
                Terminal.Note($"token {made.Token.Name} ({made.Token.Id}), {Holder(made.Token)}{(made.Token.ExpiresAt is { } end ? $", until {end.LocalDateTime:yyyy-MM-dd HH:mm}" : "")}{(draft is null ? ". It is not shown again." : $", is in {target!.FullName}")}");
            }
            finally
            {
                draft?.Dispose();
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static Command List()
    {
        var output = Shared.Output();
        var all = new Option<bool>("--all") { Description = "Those that have ended, too" };
        var command = new Command("list", "Tokens: who, what, until when, last used") { all, output };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            var now = TimeProvider.System.GetUtcNow();
            var tokens = (await client.Tokens(cancellation)).Where(token => parsed.GetValue(all) || Standing(token, now) == "live").ToArray();
            if (parsed.GetValue(output) == "json")
            {
                Terminal.Json(tokens);
                return ExitCodes.Done;
            }

            var table = Terminal.Table("id", "name", "role", "pool", "created", "by", "expires", "last used", "");
            foreach (var token in tokens)
            {
                string[] cells = [$"{token.Id}", token.Name, ContractsJson.Name(token.Role), token.Pool ?? "", Time(token.CreatedAt), token.CreatedBy, Time(token.ExpiresAt), Time(token.LastUsedAt), Standing(token, now)];
                table.Row(cells);
            }

            Terminal.Write(table);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = Shared.Id("token");
        var command = new Command("revoke", "End a token; it opens nothing any more within seconds") { id };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var client = ControlPlaneClient.Connect();
            await client.RevokeToken(parsed.GetRequiredValue(id), cancellation);
            Terminal.Note($"token {parsed.GetRequiredValue(id)} is revoked");
            return ExitCodes.Done;
        });
        return command;
    }

    private static string Standing(TokenRow token, DateTimeOffset now) => token.RevokedAt is not null ? "revoked" : token.ExpiresAt <= now ? "expired" : "live";

    private static string Holder(TokenRow token) => ContractsJson.Name(token.Role) + (token.Pool is { } pool ? $" of pool {pool}" : "");

    private static string Time(DateTimeOffset? at) => at is { } one ? one.LocalDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "";

    private static TimeSpan? Span(string text, Action<string> wrong)
    {
        double? unit = text is [.., var last] ? last switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, 'w' => 7 * 86_400, _ => null } : null;
        if (unit is { } seconds && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0) return TimeSpan.FromSeconds(count * seconds);
        wrong($"'{text}' is no span of time. Give a number with its unit: 90m, 12h, 30d, 8w.");
        return null;
    }
}
