using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans.Runtime
{
    /// <summary>A reminder as its grain holds it.</summary>
    public interface IGrainReminder
    {
        string ReminderName { get; }
    }

    /// <summary>Which tick a grain is reminded of.</summary>
    [GenerateSerializer, Immutable]
    public readonly struct TickStatus(DateTime firstTickTime, TimeSpan period, DateTime timeStamp)
    {
        [Id(0)]
        public DateTime FirstTickTime { get; } = firstTickTime;

        [Id(1)]
        public TimeSpan Period { get; } = period;

        [Id(2)]
        public DateTime CurrentTickTime { get; } = timeStamp;

        public override string ToString() => $"<{FirstTickTime:O}, {Period}, {CurrentTickTime:O}>";
    }
}

namespace Orleans
{
    /// <summary>A grain that can be reminded.</summary>
    public interface IRemindable : IGrain
    {
        Task ReceiveReminder(string reminderName, TickStatus status);
    }

    /// <summary>A grain's own reminders: they outlive the activation and the silo.</summary>
    public static class GrainReminderExtensions
    {
        /// <param name="grain">A grain that is <see cref="IRemindable"/>.</param>
        /// <param name="reminderName">Unique within the grain.</param>
        /// <param name="dueTime">Until the first tick.</param>
        /// <param name="period">From tick to tick, at least <see cref="Hosting.ReminderOptions.MinimumReminderPeriod"/>.</param>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period)
            => Register(grain?.GrainContext, grain is IRemindable, reminderName, dueTime, period);

        /// <inheritdoc cref="RegisterOrUpdateReminder(Grain, string, TimeSpan, TimeSpan)"/>
        public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period)
            => Register(grain?.GrainContext, grain is IRemindable, reminderName, dueTime, period);

        public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => Service(grain?.GrainContext).Unregister(reminder);

        public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) => Service(grain?.GrainContext).Unregister(reminder);

        /// <returns>Null if the grain has no reminder of that name.</returns>
        public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => Get(grain?.GrainContext, reminderName);

        /// <inheritdoc cref="GetReminder(Grain, string)"/>
        public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) => Get(grain?.GrainContext, reminderName);

        public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => Service(grain?.GrainContext).GetAll(grain!.GrainContext.GrainId);

        public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) => Service(grain?.GrainContext).GetAll(grain!.GrainContext.GrainId);

        private static Task<IGrainReminder> Register(IGrainContext? context, bool remindable, string name, TimeSpan dueTime, TimeSpan period)
        {
            ArgumentNullException.ThrowIfNull(context, "grain");
            if (string.IsNullOrWhiteSpace(name)) throw new ArgumentNullException(nameof(name));
            if (!remindable)
            {
                throw new InvalidOperationException(
                    $"Grain {context.GrainId} is not '{nameof(IRemindable)}'. A grain should implement {nameof(IRemindable)} to use the persistent reminder service");
            }

            return Service(context).Register(context.GrainId, name, dueTime, period);
        }

        private static Task<IGrainReminder?> Get(IGrainContext? context, string name)
        {
            ArgumentNullException.ThrowIfNull(context, "grain");
            if (string.IsNullOrWhiteSpace(name)) throw new ArgumentNullException(nameof(name));
            return Service(context).Get(context.GrainId, name);
        }

        private static ReminderService Service(IGrainContext? context)
        {
            ArgumentNullException.ThrowIfNull(context, "grain");
            RuntimeContext.Check();
            return context.ActivationServices.GetService<ReminderService>() ?? throw new OrleansConfigurationException(
                "The reminder service has not been configured: add ISiloBuilder.AddReminders() and an IReminderTable, or UseInMemoryReminderService().");
        }
    }
}
