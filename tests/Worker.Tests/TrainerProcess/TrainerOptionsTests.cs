using ViViT.Contracts.Configuration;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.TrainerProcess;

public sealed class TrainerOptionsTests
{
    [Fact]
    public void Arguments_are_read_as_they_are_written()
    {
        var options = new TrainerOptions(3, "cuda:1", 4);

        Assert.Equal(options, TrainerOptions.Parse([.. options.Arguments]));
        Assert.Equal(new TrainerOptions(0, "cpu", 1), TrainerOptions.Parse([]));
    }

    [Theory]
    [InlineData("--threads 0", "--threads is '0'. Give a whole number from 1.")]
    [InlineData("--device tpu", "--device is 'tpu'. Give cpu or cuda:N.")]
    [InlineData("--device cuda:", "--device is 'cuda:'. Give cpu or cuda:N.")]
    [InlineData("--slot", "--slot lacks its value.")]
    [InlineData("--gpu 1", "--gpu is not an option of the trainer.")]
    public void A_wrong_argument_is_named_with_its_remedy(string line, string message) =>
        Assert.StartsWith(message, Assert.Throws<SettingException>(() => TrainerOptions.Parse(line.Split(' '))).Message, StringComparison.Ordinal);
}
