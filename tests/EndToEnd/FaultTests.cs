using Npgsql;
using ViViT.Contracts;
using ViViT.Contracts.Sweeps;

namespace ViViT.EndToEnd.Tests;

/// <summary>Whatever dies, every experiment succeeds once, no step is missing or doubled, and the numbers are those of an undisturbed run.</summary>
public sealed class FaultTests
{
    private const string Sweep = """
        name: faults
        group: 3
        experiment:
          data: {name: shapes3d, limit: 96}
          model: {width: 32, layers: 2, heads: 2, dropout: 0.1}
          training: {epochs: 100, batch_size: 16, log_every_steps: 7, checkpoint_every_steps: 50}
        grid:
          model.tokenizer: [tubelet, uniform_frame_sampling]
          training.learning_rate: [1e-3, 3e-4, 1e-4]
        """;

    [Fact]
    public async Task Trainer_agent_silo_and_database_killed_once_each_change_nothing_in_the_results()
    {
        await using var stack = new Stack();
        var file = stack.Write("faults.yaml", Sweep);
        await stack.Do("up");
        var undisturbed = await Launch(stack, file);
        await Finished(stack, undisturbed);

        var disturbed = await Launch(stack, file);
        foreach (var victim in (string[])["trainer", "worker", "silo", "postgres"])
        {
            await Progressed(stack, disturbed);
            var pids = stack.Pids(victim);
            Assert.True(pids.Count > 0, $"no {victim} runs\n{stack.Logs()}");
            Stack.Kill9(pids[0]);
        }

        var status = await Finished(stack, disturbed);
        Assert.True(status.State == SweepState.Succeeded, stack.Logs());
        Assert.Equal(6, status.Counts.Succeeded);

        await using var rows = stack.Rows();
        await rows.OpenAsync();
        Assert.Equal(4, await One<long>(rows, $"select count(*) from (select 1 from experiment where sweep_id in ({undisturbed}, {disturbed}) and group_size = 3 group by group_id having count(*) = 3) whole"));
        Assert.Equal(6, await One<long>(rows, $"select count(*) from experiment_attempt a join experiment e on e.id = a.experiment_id where e.sweep_id = {disturbed} and a.outcome = 'succeeded'"));
        Assert.True(await One<long>(rows, $"select count(*) from experiment_attempt a join experiment e on e.id = a.experiment_id where e.sweep_id = {disturbed}") > 6, "the kills cost no attempt: nothing was tested");
        Assert.Equal(0, await One<long>(rows, $"""
            select count(*) from (select a.fence <= lag(a.fence) over (partition by a.experiment_id order by a.attempt) as fell
            from experiment_attempt a join experiment e on e.id = a.experiment_id where e.sweep_id = {disturbed}) f where fell
            """));
        Assert.Equal(0, await One<long>(rows, $"""
            select count(*) from (select 1 from run_curve c join experiment e on e.id = c.experiment_id where e.sweep_id = {disturbed}
            group by c.experiment_id, c.metric, c.step having count(*) > 1) doubled
            """));

        // Every point of the undisturbed sweep is there with the same bits, and no other; only what is of the machine may differ.
        var ofTheMachine = string.Join(", ", ((string[])[MetricNames.Seconds, MetricNames.SamplesPerSecond, MetricNames.PeakMemory]).Select(name => $"'{name}'"));
        Assert.Equal(0, await One<long>(rows, $"""
            with point as (select e.sweep_id, e.ordinal, c.metric, c.step, case when c.metric in ({ofTheMachine}) then 0 else c.value end as value
                           from run_curve c join experiment e on e.id = c.experiment_id)
            select count(*) from (select ordinal, metric, step, value from point where sweep_id = {undisturbed}) u
            full join (select ordinal, metric, step, value from point where sweep_id = {disturbed}) d using (ordinal, metric, step, value)
            where u.ordinal is null or d.ordinal is null
            """));
        Assert.True(await One<long>(rows, $"select count(*) from run_curve c join experiment e on e.id = c.experiment_id where e.sweep_id = {disturbed}") > 6 * 300);
    }

    private static async Task<SweepId> Launch(Stack stack, string file) => new(long.Parse((await stack.Do("sweep", "launch", file)).Output, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Waits until steps were done since the call, so that each kill hits running work.</summary>
    private static async Task Progressed(Stack stack, SweepId sweep)
    {
        long? before = null;
        await stack.Until(async () => await stack.TryStatus(sweep) is { } status && status.StepsDone >= (before ??= status.StepsDone) + 60);
    }

    private static async Task<Contracts.Wire.SweepStatus> Finished(Stack stack, SweepId sweep)
    {
        Contracts.Wire.SweepStatus? status = null;
        await stack.Until(async () => (status = await stack.TryStatus(sweep)) is not null && status.State != SweepState.Running);
        return status!;
    }

    private static async Task<T> One<T>(NpgsqlConnection rows, string sql)
    {
        await using var command = new NpgsqlCommand(sql, rows);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
