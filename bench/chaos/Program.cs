using System.Globalization;
using ViViT.Bench.Chaos;
using ViViT.Chaos;

if (Settings.Read(args) is not { } settings)
{
    await Console.Error.WriteLineAsync("Usage: bench/chaos/run [--seed S] [--seeds N] [--minutes M] [--faults N]");
    return 2;
}

var began = TimeProvider.System.GetTimestamp();
var postgres = await Cluster.StartDatabase();
Dictionary<string, History> undisturbed = [];
var (runs, failed) = (0, 0);
for (var seed = settings.Seed; runs < settings.Seeds && (runs == 0 || TimeProvider.System.GetElapsedTime(began) < settings.Time); seed++, runs++)
{
    var workload = Workload.For(seed);
    await using var cluster = await Cluster.Start(postgres, seed);
    if (!undisturbed.TryGetValue(workload.Name, out var peace)) undisturbed[workload.Name] = peace = (await ChaosRun.Undisturbed(cluster, workload)).History;
    var verdict = await ChaosRun.Disturbed(cluster, workload, FaultPlan.Of(seed, settings.Faults), peace);
    Console.WriteLine(verdict);
    if (verdict.Complaints.Count > 0) failed++;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{runs - failed} runs passed, {failed} failed, {TimeProvider.System.GetElapsedTime(began).TotalMinutes:0.0} min"));
return failed == 0 ? 0 : 1;
