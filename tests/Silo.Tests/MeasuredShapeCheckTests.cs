using ViViT.Contracts.Wire;
using ViViT.Silo.Api;

namespace ViViT.Silo.Tests;

public sealed class MeasuredShapeCheckTests
{
    private static readonly MeasuredShape Sound = new("cpu/test", "shape", 2, [1, 2, 4], [10, 19, 19.5]);

    public static TheoryData<MeasuredShape, string> Unsound => new()
    {
        { Sound with { DeviceKind = "" }, "device_kind and shape have 1 to 200 characters" },
        { Sound with { Shape = "a\n" }, "device_kind and shape have 1 to 200 characters" },
        { Sound with { Sizes = [1, 2] }, "There are 2 sizes and 3 samples_per_second." },
        { Sound with { Sizes = [2, 3, 4] }, "sizes are 2, 3, 4." },
        { Sound with { Sizes = [1, 2, 2] }, "sizes are 1, 2, 2." },
        { Sound with { Sizes = [], SamplesPerSecond = [] }, "sizes are ." },
        { Sound with { SamplesPerSecond = [10, 0, 1] }, "samples_per_second are 10, 0, 1." },
        { Sound with { SamplesPerSecond = [10, 1, double.NaN] }, "samples_per_second are 10, 1, NaN." },
        { Sound with { Size = 3 }, "size 3 is none of the sizes that were measured. Give one of 1, 2, 4." },
    };

    [Fact]
    public void One_in_the_promised_form_has_no_problem() => Assert.Null(MeasuredShapeCheck.Problem(Sound));

    [Theory]
    [MemberData(nameof(Unsound))]
    public void What_is_wrong_is_named_with_its_remedy(MeasuredShape measured, string problem) =>
        Assert.StartsWith(problem, MeasuredShapeCheck.Problem(measured), StringComparison.Ordinal);
}
