using System.Text.Json.Nodes;

namespace ViViT.Preview.Asking;

/// <summary>Asks everything that a dashboard asks, in the order and by the rules of Grafana. Without one of the two sources its variables stay open.</summary>
public sealed class Asker(PostgresSource? postgres, PrometheusSource? prometheus)
{
    /// <summary>What the variables are when a dashboard opens: the first option, or all where that is the default.</summary>
    /// <param name="chosen">Values that a link gives.</param>
    public async Task<Choices> Open(DashboardFile dashboard, TimeWindow window, IReadOnlyDictionary<string, string>? chosen = null)
    {
        var choices = new Choices();
        foreach (var variable in dashboard.Variables)
        {
            var name = (string)variable["name"]!;
            if ((string)variable["type"]! == "datasource")
            {
                choices.Set(new(name, [(string)variable["current"]!["value"]!], [(string)variable["current"]!["text"]!], IsOne: true));
                continue;
            }

            if (DashboardFile.IsSql(variable) ? postgres is null : prometheus is null) continue;
            var options = await Options(variable, choices, window);
            if (options.Count == 0) throw new InvalidOperationException($"The variable {name} of {dashboard.Title} has no options.");
            var all = (bool)variable["includeAll"]!;
            if (chosen?.GetValueOrDefault(name) is { } value) options = [.. options.Where(option => option.Value == value).DefaultIfEmpty((value, value))];
            else if (!all) options = [options[0]];
            choices.Set(new(name, [.. options.Select(option => option.Value)], [.. options.Select(option => option.Text)], IsOne: !all, chosen?.ContainsKey(name) == true ? null : (string?)variable["allValue"]));
        }

        return choices;
    }

    /// <summary>The frames of a panel, transformed.</summary>
    public async Task<IReadOnlyList<Frame>> Ask(JsonObject panel, Choices choices, TimeWindow window)
    {
        var frames = new List<Frame>();
        foreach (var target in DashboardFile.Targets(panel)) frames.AddRange(await AskTarget(target, choices, window));
        return Transformations.Apply(panel["transformations"]!.AsArray(), frames);
    }

    public async Task<IReadOnlyList<Frame>> AskTarget(JsonObject target, Choices choices, TimeWindow window) => DashboardFile.IsSql(target)
        ? await AskSql((string)target["rawSql"]!, (string)target["format"]!, choices, window)
        : await prometheus!.Ask(choices.PromQl((string)target["expr"]!, window), (string?)target["legendFormat"] ?? "", (bool)target["instant"]!, window);

    public async Task<IReadOnlyList<Frame>> AskSql(string sql, string format, Choices choices, TimeWindow window) =>
        await postgres!.Ask(SqlMacros.Expand(choices.Sql(sql, window), window), format);

    private async Task<IReadOnlyList<(string Text, string Value)>> Options(JsonObject variable, Choices choices, TimeWindow window) => DashboardFile.IsSql(variable)
        ? await postgres!.Options(SqlMacros.Expand(choices.Sql((string)variable["query"]!, window), window))
        : await prometheus!.Options(choices.PromQl((string)variable["query"]!["query"]!, window));
}
