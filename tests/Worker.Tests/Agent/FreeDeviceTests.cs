using ViViT.Contracts.Experiments;
using ViViT.Worker.TrainerProcess;
using ViViT.Worker.Tests.Support;

namespace ViViT.Worker.Tests.Agent;

/// <summary>After a trainer died its slot is offered again when nothing of it is left.</summary>
public sealed class FreeDeviceTests : SiloTest
{
    [Fact]
    public async Task What_a_dead_trainer_left_running_is_killed_before_the_next_lease_is_asked_for()
    {
        // One child of its own, one that belongs to nobody and holds no pipe any more.
        var script = $"sleep 600 & echo $! >> {Folder["children"]}; (setsid sleep 600 >/dev/null 2>&1 & echo $! >> {Folder["children"]}); exit 3";
        await using var worker = new TestWorker(Silo, Folder, launcher: Programs.Script(script), grace: TimeSpan.FromSeconds(1));
        var attempt = Silo.Offer(TestWorker.Tiny());

        Assert.Equal("trainer ended with exit code 3 at step 0", (await attempt.Outcome).Reason);
        await Eventually.Holds("it asks again", () => Silo.LeaseRequests.Count == 2);

        var children = (await File.ReadAllLinesAsync(Folder["children"], TestContext.Current.CancellationToken)).Select(int.Parse).ToArray();
        Assert.Equal(2, children.Length);
        Assert.DoesNotContain(children, Programs.IsAlive);
    }

    [Fact]
    public async Task A_slot_whose_device_the_driver_still_counts_as_taken_is_blocked_says_so_and_goes_on_when_it_is_free()
    {
        var smi = FakeSmi.Write(Folder["nvidia-smi"], $$"""case "$1" in --query-compute-apps=pid) cat {{Folder["holders"]}};; --query-gpu=memory.total) echo 143771;; *) echo NVIDIA H200;; esac""");
        var launcher = new TrainerLauncher("/bin/sh", ["-c", $$"""echo $$ >> {{Folder["holders"]}}; echo '{"say":"ready"}'; read -r request; exit 3""", "sh"]);
        await using var worker = new TestWorker(Silo, Folder, launcher, device: "cuda:0", smi: smi, grace: TimeSpan.FromSeconds(1));
        var attempt = Silo.Offer(TestWorker.Tiny());
        Assert.Equal(FailureClass.Infrastructure, (await attempt.Outcome).Class);
        var pid = worker.TrainerPid;

        await Eventually.Holds("it is blocked", () => worker.Log.Count($"slot 0 is blocked: the driver still holds memory of cuda:0 for process {pid} of the last trainer, which ended") >= 2);
        var next = Silo.Offer(TestWorker.Tiny());
        Assert.Single(Silo.LeaseRequests);
        await File.WriteAllTextAsync(Folder["holders"], "", TestContext.Current.CancellationToken);

        Assert.Equal(FailureClass.Infrastructure, (await next.Outcome).Class);
        Assert.Equal(2, worker.Log.Count("is ready (pid"));
        Assert.Equal(("cuda:0", "NVIDIA H200", 140.4), (Silo.LeaseRequests.First().Device, Silo.LeaseRequests.First().DeviceKind, Silo.LeaseRequests.First().MemoryGib));
    }

    [Fact]
    public async Task A_driver_that_knows_processes_by_other_numbers_blocks_nothing()
    {
        // The number of the trainer turns up among the holders only when it is dead: by chance it is somebody else's elsewhere.
        var smi = FakeSmi.Write(Folder["nvidia-smi"], $$"""case "$1" in --query-compute-apps=pid) cat {{Folder["holders"]}};; *) echo 1;; esac""");
        await File.WriteAllTextAsync(Folder["holders"], "1\n", TestContext.Current.CancellationToken);
        await using var worker = new TestWorker(
            Silo, Folder, Programs.Script($"echo $$ >> {Folder["holders"]}; exit 3"), device: "cuda:0", smi: smi, grace: TimeSpan.FromSeconds(1));

        await Silo.Offer(TestWorker.Tiny()).Outcome;

        await Eventually.Holds("it asks again", () => Silo.LeaseRequests.Count == 2);
        Assert.Equal(0, worker.Log.Count("is blocked"));
    }

    [Fact]
    public async Task A_worker_whose_slot_is_blocked_stops_at_once()
    {
        var smi = FakeSmi.Write(Folder["nvidia-smi"], $$"""case "$1" in --query-compute-apps=pid) cat {{Folder["holders"]}};; *) echo 1;; esac""");
        var launcher = new TrainerLauncher("/bin/sh", ["-c", $$"""echo $$ >> {{Folder["holders"]}}; echo '{"say":"ready"}'; read -r request; exit 3""", "sh"]);
        await using var worker = new TestWorker(Silo, Folder, launcher, device: "cuda:0", smi: smi);
        Silo.Offer(TestWorker.Tiny());
        await Eventually.Holds("it is blocked", () => worker.Log.Count("is blocked") >= 1);

        Assert.True(await worker.Stop());
    }
}
