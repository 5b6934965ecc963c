using Orleans.Runtime;

namespace Orleans;

/// <summary>Where reminders are kept; the silo takes it from its services.</summary>
public interface IReminderTable
{
    Task StartAsync(CancellationToken cancellationToken = default)
#pragma warning disable CS0618 // Tables written for earlier versions have only Init.
        => Init();
#pragma warning restore CS0618

    [Obsolete("Implement and use StartAsync instead")]
    Task Init() => Task.CompletedTask;

    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>
    /// The reminders of the grains whose <see cref="GrainId.GetUniformHashCode"/> is in (begin, end]; if begin is not less than end, of
    /// those above begin or up to end, which for two equal numbers is all.
    /// </summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    /// <returns>The row's new ETag.</returns>
    Task<string?> UpsertRow(ReminderEntry entry);

    /// <returns>False if there is no such row with that ETag.</returns>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    Task TestOnlyClearTable();

    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}

/// <summary>One reminder as it is kept.</summary>
[GenerateSerializer]
public sealed class ReminderEntry
{
    [Id(0)]
    public GrainId GrainId { get; set; }

    [Id(1)]
    public string ReminderName { get; set; } = null!;

    /// <summary>The time of its first tick, UTC.</summary>
    [Id(2)]
    public DateTime StartAt { get; set; }

    [Id(3)]
    public TimeSpan Period { get; set; }

    [Id(4)]
    public string? ETag { get; set; }

    public override string ToString() => $"<GrainId={GrainId} ReminderName={ReminderName} Period={Period}>";
}

/// <summary>Several reminders.</summary>
[GenerateSerializer]
public sealed class ReminderTableData
{
    public ReminderTableData() => Reminders = [];

    public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];

    [Id(0)]
    public IList<ReminderEntry> Reminders { get; private set; }

    public override string ToString() => $"[{Reminders.Count} reminders: {string.Join(", ", Reminders)}]";
}
