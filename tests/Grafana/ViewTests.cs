using Npgsql;

namespace ViViT.Grafana.Tests;

/// <summary>The functions that cut curves for panels say what run_curve says. Experiment 15 lost its first attempt at step 10,000 and resumed from 5,000.</summary>
public sealed class ViewTests(SeededDatabase seeded)
{
    private const string Finite = "value < 'Infinity' and value > '-Infinity'";

    [Fact]
    public async Task A_curve_of_fewer_points_than_buckets_keeps_every_value()
    {
        var whole = await Values($"select value from run_curve where experiment_id = 15 and metric = 'validation/auc' and {Finite} order by step");
        var cut = await Values("select value from curve_buckets(array[15], 'validation/auc', 300) order by step");

        Assert.True(whole.Count is > 20 and < 300);
        Assert.Equal(whole, cut);
    }

    [Fact]
    public async Task A_long_curve_has_at_most_a_point_a_bucket_and_stays_within_its_values()
    {
        var (points, low, high) = await One<long, double, double>("select count(*), min(low), max(high) from curve_buckets(array[15], 'train/loss', 300)");
        var (all, least, greatest) = await One<long, double, double>("select count(*), min(value), max(value) from run_curve where experiment_id = 15 and metric = 'train/loss'");

        Assert.InRange(points, 290, 301);
        Assert.InRange(all, 14_000, 20_000);
        Assert.True(low >= least && high <= greatest && high - low > 0.9 * (greatest - least));
    }

    [Fact]
    public async Task Chunks_count_up_to_the_step_that_later_attempts_built_on()
    {
        var mine = await One<long, double, long>("""
            select count(*), sum(p.value), max(c.attempt)::bigint from run_chunk c
            cross join lateral (select c.first_step + i - 1 as step, c.vals[i] as value from generate_series(1, c.n) i) p where c.experiment_id = 15 and c.metric = 'train/loss' and p.step <= c.until
            """);
        var theirs = await One<long, double, long>("select count(*), sum(value), 2::bigint from run_curve where experiment_id = 15 and metric = 'train/loss'");

        Assert.Equal((theirs.Item1, theirs.Item3), (mine.Item1, mine.Item3));
        Assert.Equal(theirs.Item2, mine.Item2, 6);
    }

    [Fact]
    public async Task By_attempt_the_part_that_was_done_again_shows_twice()
    {
        var twice = await Values("select count(*)::float8 from curve_buckets(array[15], 'train/loss', 500, true) where step between 6000 and 9000 group by step");

        Assert.True(twice.Count > 50);
        Assert.All(twice, attempts => Assert.Equal(2, attempts));
        Assert.Equal(0, (await One<long, long, long>("select count(*) filter (where attempt is not null), 0::bigint, 0::bigint from curve_buckets(array[15], 'train/loss')")).Item1);
    }

    [Fact]
    public async Task The_band_of_an_arm_is_that_of_its_experiments()
    {
        var band = await One<double, double, double>("select low, mean, high from arm_buckets(1, 'model.tokenizer', array['tubelet'], null, 'validation/auc', 200, 5) where step = 3000");
        var own = await One<double, double, double>("""
            select min(b.value), avg(b.value), max(b.value)
            from (select experiment_id from run_arm where sweep_id = 1 and factor = 'model.tokenizer' and arm = 'tubelet' order by ordinal limit 5) r
            cross join lateral (select value from curve_buckets(array[r.experiment_id], 'validation/auc', 200) where step = 3000) b
            """);

        Assert.Equal(own.Item1, band.Item1, 9);
        Assert.Equal(own.Item2, band.Item2, 9);
        Assert.Equal(own.Item3, band.Item3, 9);
        Assert.True(band.Item1 < band.Item3);
    }

    [Fact]
    public async Task Values_that_are_no_numbers_are_left_out()
    {
        await using var mine = await seeded.Database.Source.OpenConnectionAsync();
        await using var transaction = await mine.BeginTransactionAsync();
        await using var broken = new NpgsqlCommand("update metric_chunk set vals[1] = 'NaN', vals[2] = 'Infinity' where experiment_id = 1 and metric_id = 8 and attempt = 1; select count(*), bool_and(value < 'Infinity' and value > '-Infinity') from curve_buckets(array[1], 'validation/auc', 500)", mine);
        await using var reader = await broken.ExecuteReaderAsync();
        await reader.ReadAsync();

        Assert.Equal((198, true), (reader.GetInt64(0), reader.GetBoolean(1)));
    }

    private async Task<List<double>> Values(string sql)
    {
        await using var command = seeded.Reader.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var values = new List<double>();
        while (await reader.ReadAsync()) values.Add(reader.GetDouble(0));
        return values;
    }

    private async Task<(T1, T2, T3)> One<T1, T2, T3>(string sql)
    {
        await using var command = seeded.Reader.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetFieldValue<T1>(0), reader.GetFieldValue<T2>(1), reader.GetFieldValue<T3>(2));
    }
}
