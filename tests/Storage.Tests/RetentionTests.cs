using ViViT.Contracts.Diagnosis;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

public sealed class RetentionTests
{
    [Fact]
    public async Task What_is_old_goes_but_nothing_of_a_sweep_that_goes_on()
    {
        await using var store = await Create();
        await store.Submit();
        await store.Submit();
        await store.Database.Execute("""
            update sweep set state = 'cancelled', finished_at = clock_timestamp() where id = 1;
            delete from event;
            insert into event (at, kind, sweep_id, experiment_id, text) values
              (now() - interval '100 days', 'a', 1, null, 'old, of the one that ended'), (now() - interval '100 days', 'b', 2, null, 'old, of the one that goes on'),
              (now() - interval '100 days', 'c', null, (select max(id) from experiment where sweep_id = 2), 'old, of an experiment of that'),
              (now() - interval '100 days', 'd', null, null, 'old, of none'), (now() - interval '80 days', 'e', null, null, 'young');
            insert into experiment_log (experiment_id, attempt, seq, at, line)
              select min(id), 1, sweep_id, now() - interval '100 days', 'line' from experiment group by sweep_id;
            """);

        Assert.Equal((2, 1), await Retention.Prune(store.Database.Source, TimeSpan.FromDays(90), default));

        Assert.Equal("b,c,e", await store.Database.Scalar<string>("select string_agg(kind, ',' order by kind) from event"));
        Assert.Equal(2, await store.Database.Scalar<int>("select seq from experiment_log"));
        Assert.Equal((0, 0), await Retention.Prune(store.Database.Source, TimeSpan.FromDays(90), default));
    }

    [Theory]
    [InlineData(140_012, Standing.Fail)]
    [InlineData(150_000, Standing.Ok)]
    [InlineData(180_001, Standing.Ok)]
    public void A_server_that_is_too_old_is_told(int version, Standing standing) => Assert.Equal(standing, DatabaseInspection.Version(version, "PostgreSQL").Standing);
}
