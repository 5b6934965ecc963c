using ViViT.Cli.Output;

namespace ViViT.Cli.Tests;

public sealed class OutputTests
{
    [Theory]
    [InlineData(new double[] { 0, 1, 2, 3, 4, 5, 6, 7 }, 60, "▁▂▃▄▅▆▇█")]
    [InlineData(new double[] { 7, 6, 5, 4, 3, 2, 1, 0 }, 60, "█▇▆▅▄▃▂▁")]
    [InlineData(new double[] { 0, 0, 7, 7 }, 2, "▁█")]
    [InlineData(new double[] { 0, 0, 3.5, 3.5, 7, 7 }, 3, "▁▅█")]
    [InlineData(new double[] { 2, 2, 2 }, 60, "▄▄▄")]
    [InlineData(new double[] { -1e300, 1e300 }, 60, "▁█")]
    [InlineData(new double[] { 1, double.NaN, 2 }, 60, "▁×█")]
    [InlineData(new double[] { 1, double.PositiveInfinity, 2, double.NaN }, 2, "▁█")]
    [InlineData(new double[] { double.NaN, double.NegativeInfinity }, 60, "××")]
    [InlineData(new double[] { 5 }, 60, "▄")]
    [InlineData(new double[0], 60, "")]
    public void A_curve_fits_in_a_line(double[] values, int width, string line) => Assert.Equal(line, TextOf.Sparkline(values, width));

    [Fact]
    public void A_long_curve_is_as_wide_as_it_may_be_and_loses_no_stretch()
    {
        var line = TextOf.Sparkline([.. Enumerable.Range(0, 1007).Select(step => (double)step)], 60);

        Assert.Equal(60, line.Length);
        Assert.Equal(string.Concat(line.Order()), line);
        Assert.Equal(8, line.Distinct().Count());
    }

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(12.4, "12 s")]
    [InlineData(59.4, "59 s")]
    [InlineData(59.7, "1 min 0 s")]
    [InlineData(60, "1 min 0 s")]
    [InlineData(119.7, "2 min 0 s")]
    [InlineData(3599, "59 min 59 s")]
    [InlineData(3599.7, "1 h 0 min")]
    [InlineData(3600, "1 h 0 min")]
    [InlineData(90_061, "25 h 1 min")]
    public void A_time_is_told_in_its_two_largest_units(double seconds, string text) => Assert.Equal(text, TextOf.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "░░░░")]
    [InlineData(0.5, "██░░")]
    [InlineData(1, "████")]
    [InlineData(1.7, "████")]
    [InlineData(-1, "░░░░")]
    [InlineData(double.NaN, "░░░░")]
    public void A_share_is_a_bar(double share, string bar) => Assert.Equal(bar, TextOf.Bar(share, 4));

    [Theory]
    [InlineData(0, "0 KiB")]
    [InlineData(1023, "1 KiB")]
    [InlineData(350_000, "342 KiB")]
    [InlineData(1 << 20, "1.0 MiB")]
    [InlineData(33_554_432, "32.0 MiB")]
    [InlineData(7_516_192_768, "7.0 GiB")]
    public void A_size_is_told_in_KiB_MiB_or_GiB(long bytes, string text) => Assert.Equal(text, TextOf.Bytes(bytes));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.25, "0.25")]
    [InlineData(0.0012, "0.0012")]
    [InlineData(0.00003, "3e-5")]
    [InlineData(-0.0000314, "-3.14e-5")]
    [InlineData(12345.6789, "12345.6789")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    public void A_small_number_is_not_told_as_none(double value, string text) => Assert.Equal(text, TextOf.Number(value));
}
