using System.Text;
using System.Text.Json;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Contracts.Tests;

/// <summary>What is written is read back the same, and what was damaged on the way is a value of its type or refused.</summary>
public sealed class ContractsJsonFuzzTests
{
    private static readonly JsonSerializerOptions Json = ContractsJson.Options;

    private static readonly Type[] Messages =
    [
        typeof(SweepSpec), typeof(ExperimentSpec), typeof(ExperimentEvent),
        .. typeof(Routes).Assembly.GetExportedTypes().Where(type => type is { IsClass: true, IsAbstract: false, Namespace: "ViViT.Contracts.Wire" }),
    ];

    [Fact]
    public void Every_message_survives_the_wire()
    {
        Fuzz.Run(3000, Message, message =>
        {
            var text = JsonSerializer.Serialize(message.Value, message.Type, Json);
            Assert.Equal(RandomContracts.Describe(message.Value), RandomContracts.Describe(JsonSerializer.Deserialize(text, message.Type, Json)));
            return true;
        }).HasAtLeast(accepted: 3000, refused: 0);
    }

    [Fact]
    public void A_damaged_message_is_one_of_its_type_or_refused_with_the_place()
    {
        // An abstract type's object that does not tell which one it is, is a NotSupportedException: the serializer's word.
        Fuzz.Run(5000, mutator => Message(mutator) is var (type, value) ? (Type: type, Text: mutator.Json(JsonSerializer.Serialize(value, type, Json))) : default, damaged =>
        {
            try
            {
                var read = JsonSerializer.Deserialize(damaged.Text, damaged.Type, Json);
                var again = JsonSerializer.Deserialize(JsonSerializer.Serialize(read, damaged.Type, Json), damaged.Type, Json);
                Assert.Equal(RandomContracts.Describe(read), RandomContracts.Describe(again));
                return true;
            }
            catch (Exception wrong) when (wrong is JsonException || (wrong is NotSupportedException && damaged.Type.IsAbstract))
            {
                return Fuzz.Refused(wrong);
            }
        }).HasAtLeast(accepted: 100, refused: 2000);
    }

    [Fact]
    public void Every_sweep_that_can_be_read_is_sound_or_has_problems_with_a_remedy()
    {
        const string Sound = """
            {"name":"a-study","description":"Does it read?","pool":"lab","max_attempts":3,"group":6,
             "experiment":{"data":{"name":"shapes3d","limit":64},"model":{"patch":[2,8,8],"stride":[4,8,8],"fit":"pad","token_learner":{"form":"v1.1","tokens":4,"after_layer":3}},
              "training":{"learning_rate":0.001,"schedule":{"kind":"plateau","warmup_epochs":2.5},"weight_average":0.9},"seed":7},
             "grid":{"training.learning_rate":[0.001,0.0003],"model.patch":[8,[2,8,8]],"training.optimiser":["adam","adamw"],"training.weight_average":[null,0.99]}}
            """;

        Fuzz.Run(3000, mutator => mutator.Json(Sound), damaged =>
        {
            SweepSpec? sweep;
            try
            {
                sweep = JsonSerializer.Deserialize<SweepSpec>(damaged, Json);
            }
            catch (JsonException)
            {
                return false;
            }

            if (sweep is null || SweepValidation.Check(sweep) is not { Count: > 0 } problems) return sweep is not null;
            Assert.All(problems, problem => Fuzz.Refused(problem.ToString(), problem.Path, problem.Remedy));
            return false;
        }).HasAtLeast(accepted: 100, refused: 1000);
    }

    private static (Type Type, object Value) Message(Mutator mutator) => mutator.Pick(Messages) is var type ? (type, new RandomContracts(mutator).Make(type)) : default;
}
