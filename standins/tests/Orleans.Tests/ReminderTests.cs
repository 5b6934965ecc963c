using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace OrleansSemantics;

/// <summary>A table that outlives the silo.</summary>
internal sealed class OutsideTable : IReminderTable
{
    private readonly ConcurrentDictionary<(GrainId, string), ReminderEntry> _rows = new();
    private int _version;

    public int Count => _rows.Count;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Task.FromResult(new ReminderTableData(_rows.Values.Where(r => r.GrainId == grainId)));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Task.FromResult(new ReminderTableData(_rows.Values.Where(r =>
    {
        var hash = r.GrainId.GetUniformHashCode();
        return begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
    })));

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName) => Task.FromResult(_rows.GetValueOrDefault((grainId, reminderName)));

    public Task<string?> UpsertRow(ReminderEntry entry)
    {
        entry.ETag = Interlocked.Increment(ref _version).ToString(CultureInfo.InvariantCulture);
        _rows[(entry.GrainId, entry.ReminderName)] = entry;
        return Task.FromResult<string?>(entry.ETag);
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
        => Task.FromResult(_rows.TryGetValue((grainId, reminderName), out var row) && row.ETag == eTag && _rows.TryRemove((grainId, reminderName), out _));

    public Task TestOnlyClearTable()
    {
        _rows.Clear();
        return Task.CompletedTask;
    }
}

internal interface IRemindedGrain : IGrainWithStringKey
{
    Task Remind(string name, TimeSpan due, TimeSpan period);
    Task<bool> Has(string name);
    Task Forget(string name);
}

internal sealed class RemindedGrain(Notes notes) : Grain, IRemindedGrain, IRemindable
{
    private int _ticks;

    public Task Remind(string name, TimeSpan due, TimeSpan period) => this.RegisterOrUpdateReminder(name, due, period);

    public async Task<bool> Has(string name) => await this.GetReminder(name) is { } reminder && reminder.ReminderName == name;

    public async Task Forget(string name) => await this.UnregisterReminder((await this.GetReminder(name))!);

    public Task ReceiveReminder(string reminderName, TickStatus status)
    {
        notes.Add(status.CurrentTickTime >= status.FirstTickTime ? $"{this.GetPrimaryKeyString()}: {reminderName} {++_ticks}" : "too early");
        return Task.CompletedTask;
    }
}

public sealed class ReminderTests
{
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(100);
    private readonly OutsideTable _table = new();

    private Task<TestSilo> Start() => TestSilo.Start(silo =>
    {
        silo.AddReminders();
        silo.Services.AddSingleton<IReminderTable>(_table);
        silo.Configure<ReminderOptions>(o =>
        {
            o.MinimumReminderPeriod = s_brief;
            o.RefreshReminderListPeriod = TimeSpan.FromMilliseconds(200);
        });
    });

    [Fact]
    public async Task A_reminder_ticks_until_it_is_unregistered()
    {
        await using var silo = await Start();
        var grain = silo.Grains.GetGrain<IRemindedGrain>("a");

        await grain.Remind("wake", TimeSpan.Zero, s_brief);
        await silo.Notes.Wait("a: wake 2");
        Assert.True(await grain.Has("wake"));
        await grain.Forget("wake");

        Assert.False(await grain.Has("wake"));
        Assert.Equal(0, _table.Count);
        Assert.DoesNotContain("too early", silo.Notes.All);
    }

    [Fact]
    public async Task A_reminder_outlives_the_silo_and_activates_its_grain()
    {
        await using (var first = await Start())
        {
            await first.Grains.GetGrain<IRemindedGrain>("a").Remind("wake", TimeSpan.FromMilliseconds(1), s_brief);
        }

        await using var second = await Start();

        await second.Notes.Wait("a: wake 1");
    }

    [Fact]
    public async Task A_period_under_the_minimum_is_refused()
    {
        await using var silo = await TestSilo.Start(s => s.UseInMemoryReminderService());
        var grain = silo.Grains.GetGrain<IRemindedGrain>("a");

        var error = await Assert.ThrowsAsync<ArgumentException>(() => grain.Remind("wake", TimeSpan.Zero, TimeSpan.FromSeconds(59)));
        await grain.Remind("wake", TimeSpan.FromHours(1), TimeSpan.FromMinutes(1));

        Assert.Contains("00:01:00", error.Message, StringComparison.Ordinal);
        Assert.True(await grain.Has("wake"));
    }
}
