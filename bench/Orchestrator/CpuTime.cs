using System.Globalization;
using Npgsql;

namespace ViViT.Bench.Orchestrator;

/// <summary>Processor time used so far by the three that share the machine: steadier than the wall clock where others run, too.</summary>
/// <param name="Silo">Seconds.</param>
/// <param name="Postgres">Seconds, of the server with all its processes.</param>
/// <param name="Clients">Seconds of the benchmark itself: the fake workers and the plain loops.</param>
internal sealed record CpuTime(double Silo, double Postgres, double Clients)
{
    private const double TicksPerSecond = 100;

    public static async Task<CpuTime> Read(Stack stack) => new(Of(stack.Silo.Id), await Server(stack.Database), Environment.CpuUsage.TotalTime.TotalSeconds);

    public static CpuTime operator -(CpuTime later, CpuTime earlier) => new(later.Silo - earlier.Silo, later.Postgres - earlier.Postgres, later.Clients - earlier.Clients);

    public static CpuTime operator +(CpuTime one, CpuTime other) => new(one.Silo + other.Silo, one.Postgres + other.Postgres, one.Clients + other.Clients);

    // The postmaster, what its processes of the past used, and those that live.
    private static async Task<double> Server(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("select pg_backend_pid()");
        var postmaster = Parent((int)(await command.ExecuteScalarAsync())!);
        var living = Directory.GetDirectories("/proc").Select(Path.GetFileName).Select(name => int.TryParse(name, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0 && Parent(id) == postmaster);
        return Of(postmaster, withPast: true) + living.Sum(id => Of(id));
    }

    private static int Parent(int process) => (int)(Fields(process)?[1] ?? 0);

    private static double Of(int process, bool withPast = false) => Fields(process) is { } fields ? (fields[11] + fields[12] + (withPast ? fields[13] + fields[14] : 0)) / TicksPerSecond : 0;

    // After the name of the program: state, parent, …, user, system, user and system of the past. Null when it has ended.
    private static double[]? Fields(int process)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{process}/stat");
            return [.. line[(line.LastIndexOf(')') + 2)..].Split(' ').Take(15).Select(field => double.TryParse(field, CultureInfo.InvariantCulture, out var number) ? number : 0)];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
