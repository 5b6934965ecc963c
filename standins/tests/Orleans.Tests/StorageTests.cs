using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;
using Orleans.Storage;

namespace OrleansSemantics;

/// <summary>States in a dictionary that outlives the silo, with an ETag per row.</summary>
internal sealed class DictionaryStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string, GrainId), (object State, int Version)> _rows = new();

    public bool Fails { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Fails) throw new IOException("disk gone");
        if (_rows.TryGetValue((stateName, grainId), out var row))
            (grainState.State, grainState.ETag, grainState.RecordExists) = ((T)row.State, Text(row.Version), true);
        else
            (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Fails) throw new IOException("disk gone");
        var version = _rows.TryGetValue((stateName, grainId), out var row) ? row.Version : 0;
        var stored = version == 0 ? null : Text(version);
        if (stored != grainState.ETag) throw new InconsistentStateException("written by another", stored, grainState.ETag);
        _rows[(stateName, grainId)] = (grainState.State!, version + 1);
        (grainState.ETag, grainState.RecordExists) = (Text(version + 1), true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId), out _);
        (grainState.ETag, grainState.RecordExists) = (null, false);
        return Task.CompletedTask;
    }

    /// <summary>Writes behind the grain's back.</summary>
    public void Overwrite(string stateName, GrainId grainId, object state)
        => _rows.AddOrUpdate((stateName, grainId), (state, 1), (_, row) => (state, row.Version + 1));

    private static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}

/// <summary>No parameterless constructor: without a row its members are null.</summary>
internal sealed record Account(string Owner, int Balance);

internal sealed class Settings
{
    public string Colour { get; set; } = "grey";
}

internal interface IAccountGrain : IGrainWithStringKey
{
    Task<(bool Exists, string? Owner, int Balance, string? ETag)> Read();
    Task<string> Colour();
    Task Set(string owner, int balance);
    Task Clear();
    Task Reread();
}

internal sealed class AccountGrain(
    [PersistentState("account", "rows")] IPersistentState<Account> account,
    [PersistentState("settings", "rows")] IPersistentState<Settings> settings,
    Notes notes) : Grain, IAccountGrain
{
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        notes.Add($"activated with {account.RecordExists} {account.State.Owner ?? "nobody"}");
        return Task.CompletedTask;
    }

    public Task<(bool Exists, string? Owner, int Balance, string? ETag)> Read()
        => Task.FromResult((account.RecordExists, (string?)account.State.Owner, account.State.Balance, account.Etag));

    public Task<string> Colour() => Task.FromResult(settings.State.Colour);

    public async Task Set(string owner, int balance)
    {
        account.State = new Account(owner, balance);
        await account.WriteStateAsync();
    }

    public Task Clear() => account.ClearStateAsync();

    public Task Reread() => account.ReadStateAsync();
}

internal interface IHomelessGrain : IGrainWithStringKey
{
    Task Call();
}

internal sealed class HomelessGrain([PersistentState("x", "nowhere")] IPersistentState<Settings> settings) : Grain, IHomelessGrain
{
    public Task Call() => settings.ReadStateAsync();
}

public sealed class StorageTests
{
    private readonly DictionaryStorage _storage = new();

    private Task<TestSilo> Start() => TestSilo.Start(s => s.Services.AddKeyedSingleton<IGrainStorage>("rows", _storage));

    [Fact]
    public async Task A_missing_row_leaves_what_the_parameterless_constructor_makes_or_uninitialised_memory()
    {
        await using var silo = await Start();
        var grain = silo.Grains.GetGrain<IAccountGrain>("a");

        Assert.Equal((false, null, 0, null), await grain.Read());
        Assert.Equal("grey", await grain.Colour());
        Assert.Equal(["activated with False nobody"], silo.Notes.All);
    }

    [Fact]
    public async Task A_written_state_is_read_before_the_next_activation()
    {
        await using (var first = await Start())
        {
            await first.Grains.GetGrain<IAccountGrain>("a").Set("ann", 3);
        }

        await using var second = await Start();

        Assert.Equal((true, "ann", 3, "1"), await second.Grains.GetGrain<IAccountGrain>("a").Read());
        Assert.Equal(["activated with True ann"], second.Notes.All);
    }

    [Fact]
    public async Task A_conflict_reaches_the_caller_and_the_next_call_reads_afresh()
    {
        await using var silo = await Start();
        var grain = silo.Grains.GetGrain<IAccountGrain>("a");
        await grain.Set("ann", 3);
        _storage.Overwrite("account", GrainId.Create("account", "a"), new Account("bob", 9));

        var error = await Assert.ThrowsAsync<InconsistentStateException>(() => grain.Set("ann", 4));
        var after = await grain.Read();

        Assert.Equal(("2", "1"), (error.StoredEtag, error.CurrentEtag));
        Assert.Equal((true, "bob", 9, "2"), after);
        Assert.Equal(["activated with False nobody", "activated with True bob"], silo.Notes.All);
    }

    [Fact]
    public async Task A_cleared_state_no_longer_exists()
    {
        await using var silo = await Start();
        var grain = silo.Grains.GetGrain<IAccountGrain>("a");
        await grain.Set("ann", 3);
        await grain.Clear();

        Assert.Equal((false, null), ((await grain.Read()).Exists, (await grain.Read()).ETag));
    }

    [Fact]
    public async Task A_providers_own_error_is_wrapped()
    {
        await using var silo = await Start();
        var grain = silo.Grains.GetGrain<IAccountGrain>("a");
        await grain.Read();
        _storage.Fails = true;

        var error = await Assert.ThrowsAsync<OrleansException>(() => grain.Set("ann", 3));

        Assert.Equal("disk gone", Assert.IsType<IOException>(error.InnerException).Message);
    }

    [Fact]
    public async Task An_unknown_provider_is_an_error_that_names_it()
    {
        await using var silo = await Start();

        var error = await Assert.ThrowsAnyAsync<Exception>(silo.Grains.GetGrain<IHomelessGrain>("a").Call);

        Assert.Contains("nowhere", error.ToString(), StringComparison.Ordinal);
    }
}
