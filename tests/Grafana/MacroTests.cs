using ViViT.Preview.Asking;

namespace ViViT.Grafana.Tests;

/// <summary>Variables and macros become what Grafana makes of them: what is expected here is what its own tests expect.</summary>
public sealed class MacroTests
{
    private static readonly TimeWindow Window = new(new(2026, 4, 12, 18, 0, 0, TimeSpan.Zero), new(2026, 4, 12, 18, 5, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("select $__time(at)", "select at AS \"time\"")]
    [InlineData("where $__timeFilter(at)", "where at BETWEEN '2026-04-12T18:00:00.0000000Z' AND '2026-04-12T18:05:00.0000000Z'")]
    [InlineData("$__timeFrom() $__timeTo()", "'2026-04-12T18:00:00.0000000Z' '2026-04-12T18:05:00.0000000Z'")]
    [InlineData("group by $__timeGroup(at,'5m')", "group by floor(extract(epoch from at)/300)*300")]
    [InlineData("$__timeGroup(at , '5m'), avg", "floor(extract(epoch from at)/300)*300 AS \"time\", avg")]
    [InlineData("$__timeGroupAlias(at,'500ms')", "floor(extract(epoch from at)/0.5)*0.5 AS \"time\"")]
    [InlineData("$__unixEpochFilter(t)", "t >= 1776016800 AND t <= 1776017100")]
    public void A_macro_becomes(string sql, string expected) => Assert.Equal(expected, SqlMacros.Expand(sql, Window));

    [Fact]
    public void An_argument_ends_at_the_first_closing_parenthesis_and_an_unknown_macro_is_an_error()
    {
        Assert.Equal("coalesce(a BETWEEN '2026-04-12T18:00:00.0000000Z' AND '2026-04-12T18:05:00.0000000Z', b)", SqlMacros.Expand("coalesce($__timeFilter(a), b)", Window));
        Assert.Equal("f(a BETWEEN '2026-04-12T18:00:00.0000000Z' AND '2026-04-12T18:05:00.0000000Z')", SqlMacros.Expand("$__timeFilter(f(a))", Window));
        Assert.Throws<FormatException>(() => SqlMacros.Expand("$__timeFiler(a)", Window));
        Assert.Throws<FormatException>(() => SqlMacros.Expand("$__timeGroup(a)", Window));
    }

    [Fact]
    public void Variables_are_quoted_as_their_kind_asks()
    {
        var choices = new Choices();
        choices.Set(new("one", ["it's"], ["One"], IsOne: true));
        choices.Set(new("many", ["a", "b'c"], ["A", "B"], IsOne: false));

        Assert.Equal("'it''s' it''s x", choices.Sql("${one:sqlstring} $one x", Window));
        Assert.Equal("in ('a','b''c') ['a','b''c']", choices.Sql("in ($many) [${many:sqlstring}]", Window));
        Assert.Equal("$other ${other} 1s", choices.Sql("$other ${other} $__interval", Window));
        Assert.Equal("A + B", choices.Title("$many"));
        Assert.Equal(["other"], choices.Unknown("$other ${one} $__from"));
    }

    [Fact]
    public void In_PromQL_they_are_patterns()
    {
        var choices = new Choices();
        choices.Set(new("pool", ["a.b", "c"], ["a.b", "c"], IsOne: false));
        choices.Set(new("all", ["a", "b"], ["a", "b"], IsOne: false, AllValue: ".*"));

        Assert.Equal(@"{pool=~""(a\\.b|c)"", all=~"".*""}[1m]", choices.PromQl("""{pool=~"$pool", all=~"$all"}[$__rate_interval]""", Window));
    }
}
