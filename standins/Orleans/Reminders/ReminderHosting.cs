using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Runtime;
using Orleans.StandIn;

namespace Orleans.Reminders
{
    /// <summary>The key of the <see cref="TimeProvider"/> that reminders go by, where it differs from the host's.</summary>
    public static class ReminderTimeProviderNames
    {
        public const string Reminders = "Orleans.Reminders";
    }
}

namespace Orleans.Hosting
{
    /// <summary>How reminders are kept and watched.</summary>
    public sealed class ReminderOptions
    {
        /// <summary>No reminder ticks more often.</summary>
        public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);

        /// <summary>How often the table is read for changes made elsewhere.</summary>
        public TimeSpan RefreshReminderListPeriod { get; set; } = TimeSpan.FromMinutes(5);

        public TimeSpan InitializationTimeout { get; set; } = TimeSpan.FromMinutes(5);
    }

    /// <summary>Turns reminders on; the table is an <see cref="IReminderTable"/> among the services.</summary>
    public static class SiloBuilderReminderExtensions
    {
        public static ISiloBuilder AddReminders(this ISiloBuilder builder)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddReminders();
            return builder;
        }

        public static void AddReminders(this IServiceCollection services)
        {
            if (services.Any(s => s.ServiceType == typeof(ReminderService))) return;
            services.AddSingleton<ReminderService>();
            services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(s => s.GetRequiredService<ReminderService>());
        }
    }

    /// <summary>Reminders that do not outlive the silo.</summary>
    public static class SiloBuilderReminderMemoryExtensions
    {
        public static ISiloBuilder UseInMemoryReminderService(this ISiloBuilder builder)
        {
            builder.AddReminders();
            builder.Services.TryAddSingleton<IReminderTable, InMemoryReminderTable>();
            return builder;
        }
    }
}
