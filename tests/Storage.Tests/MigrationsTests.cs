using ViViT.TestKit;

namespace ViViT.Storage.Tests;

public sealed class MigrationsTests
{
    private static readonly Migration[] Two = [new("001_a.sql", "create table a (x int)"), new("002_b.sql", "create table b (x int)")];

    [Fact]
    public async Task Each_is_applied_once_however_many_silos_start()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Migrations.Apply(database.Source, null, default))));

        var files = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Storage", "Migrations"), "*.sql").Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(string.Join(',', files), await database.Scalar<string>("select string_agg(name, ',' order by number) from schema_migration"));
    }

    [Fact]
    public async Task A_later_release_applies_only_what_is_new()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Migrations.Apply(database.Source, Two[..1], null, default);

        await Migrations.Apply(database.Source, Two, null, default);

        Assert.Equal("001_a.sql,002_b.sql", await database.Scalar<string>("select string_agg(name, ',' order by number) from schema_migration"));
    }

    [Fact]
    public async Task An_edited_file_is_refused()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Migrations.Apply(database.Source, Two, null, default);

        var refused = await Assert.ThrowsAsync<SchemaException>(() => Migrations.Apply(database.Source, [Two[0] with { Sql = "create table a (y int)" }, Two[1]], null, default));

        Assert.Contains("001_a.sql was edited", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_later_release_is_refused()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Migrations.Apply(database.Source, Two, null, default);

        var refused = await Assert.ThrowsAsync<SchemaException>(() => Migrations.Apply(database.Source, Two[..1], null, default));

        Assert.Contains("002_b.sql", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_a_later_release_that_says_it_may_is_worked_with()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Migrations.Apply(database.Source, [.. Two, new("003_c.sql", "-- Silos that know migration 002 can work with this.\ncreate table c (x int)")], null, default);

        await Migrations.Apply(database.Source, Two, null, default);
        await Migrations.Check(database.Source, Two, null, default);

        await Assert.ThrowsAsync<SchemaException>(() => Migrations.Check(database.Source, Two[..1], null, default));
    }

    [Fact]
    public async Task A_check_applies_nothing_and_names_what_is_missing()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Assert.ThrowsAsync<SchemaException>(() => Migrations.Check(database.Source, Two, null, default));
        await Migrations.Apply(database.Source, Two[..1], null, default);

        var refused = await Assert.ThrowsAsync<SchemaException>(() => Migrations.Check(database.Source, Two, null, default));

        Assert.Contains("lacks migration 002_b.sql", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, await database.Scalar<long>("select count(*) from schema_migration"));
    }

    [Fact]
    public async Task A_database_of_a_release_that_did_not_say_how_far_back_it_works_is_brought_up_to_date()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();
        await Migrations.Apply(database.Source, Two[..1], null, default);
        await database.Execute("alter table schema_migration drop column works_from");

        await Migrations.Apply(database.Source, Two, null, default);

        await Migrations.Check(database.Source, Two, null, default);
    }

    [Fact]
    public async Task One_that_fails_leaves_nothing_behind()
    {
        await using var database = await PostgresServer.CreateEmptyDatabase();

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => Migrations.Apply(database.Source, [Two[0], new("002_bad.sql", "create tabel")], null, default));

        Assert.Equal(0, await database.Scalar<long>("select count(*) from pg_tables where schemaname = 'public'"));
    }
}
