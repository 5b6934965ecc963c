using System.Text.Json;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Telemetry;

/// <summary>The log for programs.</summary>
public sealed class AgentLogTests : SiloTest
{
    [Fact]
    public async Task Every_line_is_an_object_and_says_what_it_concerns()
    {
        using var agent = new AgentProgram(Silo.Address, Folder, 1, ("VIVIT_LOG_FORMAT", "json"), ("VIVIT_WORKER", "node-7"));
        var attempt = Silo.Offer(TestWorker.Tiny());
        await attempt.Outcome;
        await Eventually.Holds("its end is logged", () => agent.Lines.Any(line => line.Contains("succeeded", StringComparison.Ordinal)));

        var lines = agent.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToArray();

        Assert.All(lines, line => Assert.StartsWith("node-7-", Scope(line, "worker")!.Value.GetString(), StringComparison.Ordinal));
        var about = lines.Where(line => line.GetProperty("Message").GetString()!.Contains("experiment", StringComparison.Ordinal)).ToArray();
        Assert.Equal(2, about.Length);
        Assert.All(about, line => Assert.Equal(
            (attempt.Leased.Id.Value, 1, 1, 0), (Scope(line, "experiment")?.GetInt64(), Scope(line, "attempt")?.GetInt32(), Scope(line, "sweep")?.GetInt32(), Scope(line, "slot")?.GetInt32())));
    }

    [Fact]
    public async Task What_a_trainer_writes_is_told_with_the_experiment_that_it_concerns()
    {
        // It cannot save, and says on stderr what it met.
        using var agent = new AgentProgram(Silo.Address, Folder, 1, ("VIVIT_LOG_FORMAT", "json"), ("VIVIT_CHECKPOINTS", "/dev/null/nowhere"));
        var attempt = Silo.Offer(TestWorker.Tiny());
        await attempt.Outcome;
        await Eventually.Holds("the trainer's words are logged", () => agent.Lines.Any(line => line.Contains("trainer: experiment", StringComparison.Ordinal)));

        var said = JsonDocument.Parse(agent.Lines.First(line => line.Contains("trainer: experiment", StringComparison.Ordinal))).RootElement;

        Assert.Equal((attempt.Leased.Id.Value, 1), (Scope(said, "experiment")?.GetInt64(), Scope(said, "attempt")?.GetInt32()));
    }

    private static JsonElement? Scope(JsonElement line, string name) =>
        line.GetProperty("Scopes").EnumerateArray().Select(scope => scope.TryGetProperty(name, out var value) ? value : (JsonElement?)null).LastOrDefault(value => value is not null);
}
