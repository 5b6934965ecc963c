namespace ViViT.Worker.Telemetry;

/// <summary>
/// The time of a worker's slots, booked by use. <see cref="SlotSeconds.Train"/>, <see cref="SlotSeconds.Idle"/> and <see cref="SlotSeconds.Lost"/> never fall,
/// and together with what is undecided they are slots times the time since the start, at any moment.
/// </summary>
/// <remarks>
/// The time of a slot belongs to the attempts that train there, in equal shares. What an attempt was given is undecided until a checkpoint is
/// committed or the attempt succeeds (kept: <c>train</c>), or it ends in any other way (<c>lost</c>). A slot without an attempt is idle. Safe for concurrent use.
/// </remarks>
internal sealed class SlotLedger
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly Slot[] slots;
    private TimeSpan train;
    private TimeSpan idle;
    private TimeSpan lost;

    public SlotLedger(int slots, TimeProvider time)
    {
        this.time = time;
        var now = time.GetTimestamp();
        this.slots = [.. Enumerable.Range(0, slots).Select(_ => new Slot(now))];
    }

    /// <summary>An attempt begins in a slot.</summary>
    public Account Begin(int slot)
    {
        lock (gate)
        {
            Book(slots[slot]);
            var account = new Account(this, slots[slot]);
            slots[slot].Training.Add(account);
            slots[slot].Open.Add(account);
            return account;
        }
    }

    public SlotSeconds Read()
    {
        lock (gate)
        {
            foreach (var slot in slots) Book(slot);
            return new(
                train.TotalSeconds, idle.TotalSeconds, lost.TotalSeconds, slots.Sum(slot => slot.Open.Sum(account => account.Undecided.TotalSeconds)),
                slots.Count(slot => slot.Training.Count > 0), slots.Count(slot => slot.Training.Count == 0));
        }
    }

    private void Book(Slot slot)
    {
        var now = time.GetTimestamp();
        var passed = time.GetElapsedTime(slot.BookedUntil, now);
        slot.BookedUntil = now;
        if (slot.Training.Count == 0) idle += passed;

        // Whole ticks: the last one takes what does not divide, so that no time gets lost.
        for (var left = slot.Training.Count; left > 0; left--)
        {
            var share = passed / left;
            slot.Training[left - 1].Undecided += share;
            passed -= share;
        }
    }

    /// <summary>What one attempt was given.</summary>
    internal sealed class Account
    {
        private readonly SlotLedger ledger;
        private readonly Slot slot;

        internal Account(SlotLedger ledger, Slot slot) => (this.ledger, this.slot) = (ledger, slot);

        internal TimeSpan Undecided { get; set; }

        /// <summary>A checkpoint was committed: what was done until now will not be done again.</summary>
        public void Keep() => Decide(kept: true, ends: false, settles: false);

        /// <summary>It trains no more, and takes no more time from its slot.</summary>
        public void Stop() => Decide(kept: null, ends: true, settles: false);

        /// <summary>It is over.</summary>
        /// <param name="kept">It came to a result.</param>
        public void Settle(bool kept) => Decide(kept, ends: true, settles: true);

        private void Decide(bool? kept, bool ends, bool settles)
        {
            lock (ledger.gate)
            {
                ledger.Book(slot);
                if (kept == true) ledger.train += Undecided;
                if (kept == false) ledger.lost += Undecided;
                if (kept is not null) Undecided = TimeSpan.Zero;
                if (ends) slot.Training.Remove(this);
                if (settles) slot.Open.Remove(this);
            }
        }
    }

    internal sealed class Slot(long now)
    {
        public long BookedUntil { get; set; } = now;

        /// <summary>Those that take time.</summary>
        public List<Account> Training { get; } = [];

        /// <summary>Those that are not settled.</summary>
        public List<Account> Open { get; } = [];
    }
}

/// <summary>Seconds of a worker's slots since its start.</summary>
/// <param name="Train">Kept by a committed checkpoint or a success.</param>
/// <param name="Idle">Without an attempt.</param>
/// <param name="Lost">Computed and thrown away.</param>
/// <param name="Undecided">Of attempts whose end is open: would be lost if they ended now.</param>
/// <param name="Busy">Slots in which an attempt trains now.</param>
/// <param name="Free">The others.</param>
internal readonly record struct SlotSeconds(double Train, double Idle, double Lost, double Undecided, int Busy, int Free);
