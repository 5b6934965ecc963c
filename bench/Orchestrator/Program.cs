// The control plane beside its limits. Each part starts a silo of its own on a fresh database of one private PostgreSQL with the settings that
// `vivit` gives it: fsync on, 128 MB of shared buffers.
using ViViT.Bench.Orchestrator;
using ViViT.TestKit;

string[] parts = ["grants", "latency", "overhead", "ingest", "status", "memory", "curve"];
string[] switches = ["--quick", "--statements"];
if (args.FirstOrDefault(argument => !parts.Contains(argument) && !switches.Contains(argument)) is { } unknown)
{
    Console.Error.WriteLine($"There is no '{unknown}'. Usage: ViViT.Bench.Orchestrator [{string.Join("] [", parts)}] [{string.Join("] [", switches)}]");
    return 2;
}

var wanted = args.Any(parts.Contains) ? args.Where(parts.Contains).ToHashSet() : [.. parts];
var sizes = args.Contains("--quick") ? Sizes.Quick : Sizes.Full;
var statements = args.Contains("--statements");
var server = await PostgresServer.StartOwn($"-c shared_buffers=128MB -c max_connections=200{(statements ? " -c shared_preload_libraries=pg_stat_statements -c pg_stat_statements.track_planning=on" : "")}");

await Part("grants", stack => Grants.Run(stack, sizes));
await Part("latency", stack => Latency.Run(stack, sizes));
await Part("overhead", stack => Overhead.Run(stack, sizes));
await Part("ingest", stack => Ingest.Run(stack, sizes));
if (wanted.Overlaps(Growth.Parts))
{
    await Measured(stack => Growth.Run(stack, sizes, wanted));
}

return 0;

Task Part(string name, Func<Stack, Task> run) => wanted.Contains(name) ? Measured(run) : Task.CompletedTask;

async Task Measured(Func<Stack, Task> run)
{
    await using var stack = await Stack.Start(server);
    try
    {
        if (statements) await Statements.Begin(stack.Database);
        await run(stack);
        if (statements) await Statements.Print(stack.Database);
    }
    catch
    {
        Console.Error.WriteLine($"The silo's last words:\n{stack.Silo.LastWords}");
        throw;
    }
}
