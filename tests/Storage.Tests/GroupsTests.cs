using ViViT.Contracts;
using ViViT.Contracts.DataSets;
using ViViT.Contracts.Experiments;
using ViViT.Contracts.Specs;
using ViViT.Contracts.Wire;
using ViViT.TestKit;
using static ViViT.Storage.Tests.Store;

namespace ViViT.Storage.Tests;

/// <summary>Which experiments are granted together, in which places.</summary>
public sealed class GroupsTests
{
    private static readonly string Shape = ShapeOf("shapes3d");

    [Fact]
    public async Task Off_grants_one_at_a_time_in_a_group_of_its_own()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Off, seeds: 3);

        var lease = (await store.ClaimGroup())!;

        Assert.Equal((1, 0), (lease.GroupSize, Assert.Single(lease.Experiments).Place));
    }

    [Fact]
    public async Task A_number_grants_at_most_so_many_and_no_more_than_the_slot_takes()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(4), seeds: 9);

        Assert.Equal([(4, 4), (2, 2), (3, 3)], [await Next(100), await Next(2), await Next(100)]);
        Assert.Null(await store.ClaimGroup());

        async Task<(int, int)> Next(int maxGroup)
        {
            var lease = (await store.ClaimGroup(maxGroup: maxGroup))!;
            Assert.Equal(Enumerable.Range(0, lease.GroupSize), lease.Experiments.Select(experiment => experiment.Place));
            return (lease.Experiments.Count, lease.GroupSize);
        }
    }

    [Fact]
    public async Task Auto_takes_the_size_that_was_measured_on_that_kind_of_device()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Auto, seeds: 9);
        await store.GroupSizes.Store(new("gpu", Shape, 4, [1, 2, 4, 8], [10, 19, 35, 36]), default);
        await store.GroupSizes.Store(new("cpu", Shape, 1, [1, 2], [10, 10]), default);

        Assert.Equal(4, (await store.ClaimGroup(deviceKind: "gpu"))!.Experiments.Count);
        Assert.Single((await store.ClaimGroup(deviceKind: "cpu"))!.Experiments);
        Assert.Equal(3, (await store.ClaimGroup(deviceKind: "gpu", maxGroup: 3))!.Experiments.Count);
    }

    [Fact]
    public async Task Auto_has_an_unknown_shape_measured_and_grants_nothing_meanwhile()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Auto, seeds: 3);

        var lease = (await store.ClaimGroup())!;
        Assert.Empty(lease.Experiments);
        Assert.Equal((Shape, "shapes3d"), (lease.Measure!.Shape, lease.Measure.Example.Data.Name));
        Assert.NotNull((await store.ClaimGroup("another"))!.Measure);

        await Task.WhenAll(store.GroupSizes.Store(new("gpu", Shape, 3, [1, 2, 3], [1, 2, 3]), default), store.GroupSizes.Store(new("gpu", Shape, 3, [1, 2, 3], [1.1, 2, 3]), default));
        var (granted, none) = ((await store.ClaimGroup())!, await store.ClaimGroup("another"));
        Assert.Equal((3, 3, null, null), (granted.Experiments.Count, granted.GroupSize, granted.Measure, none));
        Assert.All(granted.Experiments, experiment => Assert.Equal(1, experiment.Attempt));
    }

    [Fact]
    public async Task Auto_measures_nothing_for_two_that_are_alike_or_for_a_slot_that_takes_one()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Auto, seeds: 3);

        Assert.Single((await store.ClaimGroup(maxGroup: 1))!.Experiments);
        Assert.Single((await store.ClaimGroup(maxGroup: 100))!.Experiments);
        Assert.Single((await store.ClaimGroup(maxGroup: 100))!.Experiments);
    }

    [Fact]
    public async Task Idle_slots_share_what_is_queued()
    {
        await using var store = await Create();
        await store.Workers.Heard("a", new("local", "host", Slots(2), "gpu", "1", []), default);
        await store.Workers.Heard("b", new("local", "host", Slots(1), "gpu", "1", []), default);
        await store.Workers.Heard("other", new("elsewhere", "host", Slots(9), "gpu", "1", []), default);
        await store.Submit(new GroupSetting(8), seeds: 13);

        List<int> groups = [];
        for (var slot = 0; slot < 3; slot++) await Next();
        await store.Submit(new GroupSetting(8), seeds: 13);
        for (var slot = 3; slot < 5; slot++) await Next();

        Assert.Equal([5, 4, 4, 8, 5], groups);

        async Task Next() => groups.Add((await store.ClaimGroup())!.Experiments.Count);
    }

    [Fact]
    public async Task The_first_measurement_counts()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Auto, seeds: 6);
        await store.GroupSizes.Store(new("gpu", Shape, 2, [1, 2], [1, 2]), default);

        await store.GroupSizes.Store(new("gpu", Shape, 4, [1, 2, 4], [1, 2, 4]), default);

        Assert.Equal(2, (await store.ClaimGroup())!.GroupSize);
    }

    [Fact]
    public async Task A_lost_group_comes_back_whole_in_the_same_places()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(3), seeds: 5);
        var first = (await store.ClaimGroup())!;

        foreach (var experiment in first.Experiments.Reverse()) await store.Lose(experiment);
        var second = (await store.ClaimGroup())!;

        Assert.Equal(3, second.GroupSize);
        Assert.Equal(first.Experiments.Select(experiment => (experiment.Id, experiment.Place)), second.Experiments.Select(experiment => (experiment.Id, experiment.Place)));
        Assert.All(second.Experiments, experiment => Assert.Equal(2, experiment.Attempt));
        Assert.Equal([0, 1], (await store.ClaimGroup())!.Experiments.Select(experiment => experiment.Place));
    }

    [Fact]
    public async Task A_member_that_has_ended_leaves_an_empty_place_that_nobody_fills()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(3), seeds: 5);
        var first = (await store.ClaimGroup())!;

        await store.Finish(first.Experiments[1]);
        await store.Lose(first.Experiments[0]);
        await store.Lose(first.Experiments[2]);
        var second = (await store.ClaimGroup())!;

        Assert.Equal(3, second.GroupSize);
        Assert.Equal([(first.Experiments[0].Id, 0), (first.Experiments[2].Id, 2)], second.Experiments.Select(experiment => (experiment.Id, experiment.Place)));
    }

    [Fact]
    public async Task A_member_that_comes_back_first_waits_a_moment_for_the_others()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(3), seeds: 4);
        var first = (await store.ClaimGroup())!;
        await store.Lose(first.Experiments[0]);
        var back = (await store.Experiments.Detail(first.Experiments[0].Id, default))!.Row.StateSince;

        var other = (await store.ClaimGroup(now: back + TimeSpan.FromSeconds(0.5)))!;
        var tooSoon = await store.ClaimGroup(now: back + TimeSpan.FromSeconds(0.9));
        var alone = (await store.ClaimGroup(now: back + TimeSpan.FromSeconds(1.1)))!;

        Assert.DoesNotContain(Assert.Single(other.Experiments).Id, first.Experiments.Select(experiment => experiment.Id));
        Assert.Null(tooSoon);
        Assert.Equal((first.Experiments[0].Id, 0, 3), (Assert.Single(alone.Experiments).Id, alone.Experiments[0].Place, alone.GroupSize));
    }

    [Fact]
    public async Task A_group_waits_for_a_slot_that_takes_its_size_and_holds_nobody_up()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(3), seeds: 4);
        var group = (await store.ClaimGroup())!;
        foreach (var experiment in group.Experiments) await store.Lose(experiment);

        var small = (await store.ClaimGroup(maxGroup: 2))!;

        Assert.DoesNotContain(Assert.Single(small.Experiments).Id, group.Experiments.Select(experiment => experiment.Id));
        Assert.Null(await store.ClaimGroup(maxGroup: 2));
        Assert.Equal(3, (await store.ClaimGroup(maxGroup: 3))!.Experiments.Count);
    }

    [Fact]
    public async Task Mates_are_of_one_sweep_and_one_group_key()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(8), seeds: 3, 1e-3, 1e-4);
        await store.Submit(new GroupSetting(8), seeds: 3);
        await store.Submit(new GroupSetting(8), "organmnist3d", seeds: 2);

        List<Lease> leases = [];
        while (await store.ClaimGroup() is { } lease) leases.Add(lease);

        Assert.Equal([6, 3, 2], leases.Select(lease => lease.Experiments.Count));
        Assert.All(leases, lease => Assert.Single(lease.Experiments.Select(experiment => (experiment.Sweep, GroupKey.Of(experiment.Spec))).Distinct()));
    }

    [Fact]
    public async Task Each_data_set_of_the_catalogue_has_groups_of_its_own()
    {
        await using var store = await Create();
        foreach (var set in DataSetCatalogue.All) await store.Submit(new GroupSetting(4), set.Name, seeds: 3);

        List<string[]> groups = [];
        while (await store.ClaimGroup() is { } lease) groups.Add([.. lease.Experiments.Select(experiment => experiment.Spec.Data.Name).Distinct()]);

        Assert.Equal(DataSetCatalogue.All.Select(set => set.Name), groups.Select(names => Assert.Single(names)));
    }

    [Fact]
    public async Task Claims_at_once_do_not_tear_groups()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(5), seeds: 40);

        var leases = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => store.ClaimGroup($"w{i}"))));

        Assert.All(leases, lease => Assert.Equal(5, lease!.GroupSize));
    }

    [Fact]
    public async Task Many_claims_at_once_put_every_experiment_into_one_place_of_one_group()
    {
        await using var store = await Create();
        await store.Submit(new GroupSetting(5), seeds: 60);

        var leases = (await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Task.Run(() => store.ClaimGroup($"w{i}"))))).OfType<Lease>().ToList();
        while (await store.ClaimGroup() is { } rest) leases.Add(rest);

        Assert.Equal(60, leases.SelectMany(lease => lease.Experiments).Select(experiment => experiment.Id).Distinct().Count());
        Assert.Equal(60, leases.Sum(lease => lease.Experiments.Count));
        Assert.All(leases, lease => Assert.Equal(Enumerable.Range(0, lease.GroupSize), lease.Experiments.Select(experiment => experiment.Place)));
    }

    [Fact]
    public async Task A_data_set_that_the_catalogue_lacks_is_not_measured()
    {
        await using var store = await Create();
        await store.Submit(GroupSetting.Auto, "unheard-of", seeds: 4);

        Assert.Single((await store.ClaimGroup())!.Experiments);
    }

    [Fact]
    public async Task What_was_submitted_before_there_were_groups_trains_alone()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Storage", "Migrations"), "*.sql").Order(StringComparer.Ordinal);
        Migration[] all = [.. files.Select(file => new Migration(Path.GetFileName(file), File.ReadAllText(file)))];
        await Migrations.Apply(database.Source, all[..2], null, default);
        await database.Execute("""
            insert into sweep (id, name, spec, state) values (1, 'old', '{}', 'running');
            insert into experiment (sweep_id, ordinal, axes, data, spec, group_key, pool, state, max_attempts)
            select 1, i, '{}', 'shapes3d', '{"data": {"name": "shapes3d"}}', 'same', 'local', 'queued', 5 from generate_series(1, 5) i
            """);

        await Migrations.Apply(database.Source, all, null, default);

        var lease = (await new Leases(database.Source).Claim(new(1), oneByOne: false, "w", new("local", "0", "cpu", "gpu", 100, 0), Term, null, default))!;
        Assert.Equal((1, 0), (lease.GroupSize, Assert.Single(lease.Experiments).Place));
    }

    private static string ShapeOf(string name)
    {
        var set = DataSetCatalogue.Find(name)!;
        return GroupKey.ShapeOf(new() { Data = new() { Name = name } }, set.Size, set.Classes);
    }
}
