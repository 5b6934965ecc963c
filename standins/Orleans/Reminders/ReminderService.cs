using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Hosting;
using Orleans.Reminders;
using Orleans.Runtime;

namespace Orleans.StandIn;

/// <summary>
/// Calls grains at the times their reminders name. The table is the truth: it is read at the start and then every
/// <see cref="ReminderOptions.RefreshReminderListPeriod"/>. Ticks missed while no silo ran are not made up for.
/// </summary>
internal sealed partial class ReminderService(
    IReminderTable table, SiloRuntime runtime, IOptions<ReminderOptions> options, IServiceProvider services, ILogger<ReminderService> log)
    : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(GrainId, string), LocalReminder> _local = [];
    private readonly TimeProvider _time = services.GetKeyedService<TimeProvider>(ReminderTimeProviderNames.Reminders) ?? runtime.Time;
    private ITimer? _refresh;
    private bool _stopped;
    private int _changes;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(ReminderService), ServiceLifecycleStage.Active, Start, Stop);

    public async Task<IGrainReminder> Register(GrainId grainId, string name, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(dueTime), "Cannot use negative or infinite dueTime to create a reminder");
        if (period < TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(period), "Cannot use negative or infinite period to create a reminder");
        if (period < options.Value.MinimumReminderPeriod)
        {
            throw new ArgumentException(
                $"Cannot register reminder {name} as requested period ({period}) is less than minimum allowed reminder period ({options.Value.MinimumReminderPeriod})");
        }

        var entry = new ReminderEntry { GrainId = grainId, ReminderName = name, StartAt = _time.GetUtcNow().UtcDateTime + dueTime, Period = period };
        entry.ETag = await table.UpsertRow(entry)
            ?? throw new ReminderException($"Could not register reminder {entry} to reminder table due to a race. Please try again later.");
        lock (_gate)
        {
            _changes++;
            Schedule(entry);
        }

        return new Reminder(grainId, name, entry.ETag);
    }

    public async Task Unregister(IGrainReminder reminder)
    {
        var (grainId, name, etag) = (Reminder)reminder;
        if (!await table.RemoveRow(grainId, name, etag) && await table.ReadRow(grainId, name) is not null)
            throw new ReminderException($"Could not unregister reminder {reminder} from the reminder table, due to tag mismatch. You can retry.");
        lock (_gate)
        {
            _changes++;
            if (_local.Remove((grainId, name), out var local)) local.Dispose();
        }
    }

    public async Task<IGrainReminder?> Get(GrainId grainId, string name)
        => await table.ReadRow(grainId, name) is { } entry ? new Reminder(entry.GrainId, entry.ReminderName, entry.ETag!) : null;

    public async Task<List<IGrainReminder>> GetAll(GrainId grainId)
        => [.. (await table.ReadRows(grainId)).Reminders.Select(e => new Reminder(e.GrainId, e.ReminderName, e.ETag!))];

    private async Task Start(CancellationToken cancellationToken)
    {
        await table.StartAsync(cancellationToken);
        await Refresh();
        var period = options.Value.RefreshReminderListPeriod;
        _refresh = _time.CreateTimer(static state => _ = ((ReminderService)state!).RefreshQuietly(), this, period, period);
    }

    private async Task Stop(CancellationToken cancellationToken)
    {
        Task[] deliveries;
        lock (_gate)
        {
            _stopped = true;
            _refresh?.Dispose();
            deliveries = [.. _local.Values.Select(r => r.Delivery)];
            foreach (var local in _local.Values) local.Dispose();
            _local.Clear();
        }

        await Task.WhenAll(deliveries).WaitAsync(cancellationToken);
        await table.StopAsync(cancellationToken);
    }

    private async Task RefreshQuietly()
    {
        try
        {
            await Refresh();
        }
        catch (Exception error)
        {
            RefreshFailed(log, error, options.Value.RefreshReminderListPeriod);
        }
    }

    private async Task Refresh()
    {
        var before = Volatile.Read(ref _changes);
        var rows = (await table.ReadRows(0, 0)).Reminders;
        lock (_gate)
        {
            // What changed while the table was read may be missing from the answer; the next refresh sees it.
            if (_stopped || before != _changes) return;
            var kept = rows.Select(r => (r.GrainId, r.ReminderName)).ToHashSet();
            foreach (var gone in _local.Keys.Where(k => !kept.Contains(k)).ToArray())
            {
                _local.Remove(gone, out var local);
                local!.Dispose();
            }

            foreach (var row in rows)
            {
                if (_local.TryGetValue((row.GrainId, row.ReminderName), out var known) && known.Entry.ETag == row.ETag) continue;
                Schedule(row);
            }
        }
    }

    private void Schedule(ReminderEntry entry)
    {
        if (_stopped) return;
        if (_local.Remove((entry.GrainId, entry.ReminderName), out var before)) before.Dispose();
        _local[(entry.GrainId, entry.ReminderName)] = new LocalReminder(entry, _time, Deliver);
    }

    private async Task Deliver(ReminderEntry entry)
    {
        var status = new TickStatus(entry.StartAt, entry.Period, _time.GetUtcNow().UtcDateTime);
        try
        {
            await runtime.GrainFactory.GetGrain<IRemindable>(entry.GrainId).ReceiveReminder(entry.ReminderName, status);
        }
        catch (Exception error)
        {
            DeliveryFailed(log, error, entry);
        }
    }

    [LoggerMessage(LogLevel.Error, "The reminder table could not be read; it is tried again in {Period}.")]
    private static partial void RefreshFailed(ILogger log, Exception error, TimeSpan period);

    [LoggerMessage(LogLevel.Error, "Could not deliver reminder tick for {Reminder}; it is tried again at its next tick.")]
    private static partial void DeliveryFailed(ILogger log, Exception error, ReminderEntry reminder);

    private sealed record Reminder(GrainId GrainId, string ReminderName, string ETag) : IGrainReminder;
}
