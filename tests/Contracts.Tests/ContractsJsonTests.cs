using System.Text.Json;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;

namespace ViViT.Contracts.Tests;

public sealed class ContractsJsonTests
{
    private static readonly JsonSerializerOptions Json = ContractsJson.Options;

    [Fact]
    public void A_spec_survives_the_wire()
    {
        var spec = new ExperimentSpec { Data = new() { Name = "shapes3d", Limit = 64 }, Model = new() { Tokenizer = Tokenizer.UniformFrameSampling, Patch = new(4, 8, 8) }, Seed = 3 };

        Assert.Equal(spec, JsonSerializer.Deserialize<ExperimentSpec>(JsonSerializer.Serialize(spec, Json), Json));
    }

    [Fact]
    public void An_unknown_member_of_a_spec_is_refused()
    {
        var wrong = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<ExperimentSpec>("""{"data":{"name":"shapes3d"},"modell":{}}""", Json));

        Assert.Contains("modell", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8", 8, 8, 8)]
    [InlineData("[2, 4, 8]", 2, 4, 8)]
    public void A_patch_is_one_number_or_three(string json, int t, int h, int w)
    {
        Assert.Equal(new Patch(t, h, w), JsonSerializer.Deserialize<Patch>(json, Json));
    }

    [Theory]
    [InlineData("\"auto\"", null)]
    [InlineData("\"off\"", 1)]
    [InlineData("6", 6)]
    public void A_group_is_auto_off_or_a_number(string json, int? size)
    {
        Assert.Equal(new GroupSetting(size), JsonSerializer.Deserialize<GroupSetting>(json, Json));
        Assert.Equal(json, JsonSerializer.Serialize(new GroupSetting(size), Json));
    }

    [Theory]
    [InlineData("\"some\"")]
    [InlineData("true")]
    [InlineData("1.5")]
    [InlineData("null")]
    public void A_group_of_something_else_is_refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<GroupSetting>(json, Json));

    [Fact]
    public void A_diverged_loss_is_a_legal_value()
    {
        var chunk = new MetricChunk("train/loss", [1, 2, 3], [double.NaN, double.PositiveInfinity, 0.5]);

        Assert.Equal(chunk.Values, JsonSerializer.Deserialize<MetricChunk>(JsonSerializer.Serialize(chunk, Json), Json)!.Values);
    }

    [Fact]
    public void Ids_are_plain_numbers_and_enums_snake_case_names()
    {
        var held = JsonSerializer.Serialize(new ReportReply(ReportStatus.LeaseLost), Json);

        Assert.Equal("""{"status":"lease_lost","next_seq":0}""", held);
        Assert.Equal("""{"experiment":17,"fence":2}""", JsonSerializer.Serialize(new Held(new(17), 2), Json));
    }
}
