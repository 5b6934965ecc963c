using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;
using Xunit.Sdk;

namespace ViViT.TestKit.Fuzzing;

/// <summary>
/// Feeds a parser what mutators make of good samples. Each round has a mutator with a seed of its own, so a failure is repeated by its
/// seed alone: VIVIT_FUZZ_SEED is the first seed, VIVIT_FUZZ_ROUNDS the number of rounds, both for every such test of the run.
/// </summary>
public static class Fuzz
{
    private const int FirstSeed = 20260101;
    private const long MostAllocated = 64 << 20;
    private const int LongestMessage = 4_000;
    private const int LongestShown = 3_000;
    private static readonly TimeSpan LongestRound = TimeSpan.FromSeconds(10);

    /// <summary>Runs the rounds on a thread of its own, so that even a hang is told with its seed.</summary>
    /// <param name="make">Makes an input; never throws.</param>
    /// <param name="accepts">
    /// True when the parser read it and the result is right, false when it refused it as documented. Whatever it throws fails the test, as
    /// do 10 s or 64 MiB of allocations for one input.
    /// </param>
    public static FuzzTally Run<T>(int rounds, Func<Mutator, T> make, Func<T, bool> accepts)
        where T : notnull
    {
        var session = new Session<T>(make, Setting("VIVIT_FUZZ_SEED") ?? FirstSeed);
        FailException? failure = null;
        var thread = new Thread(() => failure = session.Run(Setting("VIVIT_FUZZ_ROUNDS") ?? rounds, accepts)) { IsBackground = true, Name = "fuzz" };
        thread.Start();
        for (var seen = -1; !thread.Join(LongestRound); seen = session.Seed)
        {
            if (session.Seed == seen) Assert.Fail(session.Report($"no end after {LongestRound.TotalSeconds} s"));
        }

        return failure is null ? session.Tally : throw failure;
    }

    /// <summary>The same for what answers later; an input may take 10 s, its allocations are another process's.</summary>
    public static async Task<FuzzTally> RunAsync<T>(int rounds, Func<Mutator, T> make, Func<T, Task<bool>> accepts)
        where T : notnull
    {
        var session = new Session<T>(make, Setting("VIVIT_FUZZ_SEED") ?? FirstSeed);
        for (var left = Setting("VIVIT_FUZZ_ROUNDS") ?? rounds; left > 0; left--)
        {
            var input = session.Next();
            try
            {
                session.Count(await accepts(input).WaitAsync(LongestRound));
            }
            catch (Exception broken)
            {
                Assert.Fail(session.Report($"{broken}"));
            }
        }

        return session.Tally;
    }

    /// <summary>A refusal helps its reader: it has words, not a copy of the whole input, and contains every <paramref name="place"/>.</summary>
    /// <returns>False: the input was refused.</returns>
    public static bool Refused(Exception told, params string[] place) => Refused(told.Message, place);

    /// <inheritdoc cref="Refused(Exception, string[])"/>
    public static bool Refused(string told, params string[] place)
    {
        Assert.InRange(told.Trim().Length, 10, LongestMessage);
        Assert.All(place, part => Assert.Contains(part, told, StringComparison.Ordinal));
        return false;
    }

    internal static bool IsReplay => Setting("VIVIT_FUZZ_SEED") is not null || Setting("VIVIT_FUZZ_ROUNDS") is not null;

    private static int? Setting(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private sealed class Session<T>(Func<Mutator, T> make, int firstSeed)
        where T : notnull
    {
        private volatile int seed = firstSeed - 1;
        private T? input;

        public int Seed => seed;

        public FuzzTally Tally { get; private set; } = new(0, 0);

        public T Next() => input = make(new Mutator(++seed));

        public void Count(bool accepted) => Tally = accepted ? Tally with { Accepted = Tally.Accepted + 1 } : Tally with { Refused = Tally.Refused + 1 };

        public FailException? Run(int rounds, Func<T, bool> accepts)
        {
            for (; rounds > 0; rounds--)
            {
                try
                {
                    Round(Next(), accepts);
                }
                catch (Exception broken)
                {
                    return FailException.ForFailure(Report($"{broken}"));
                }
            }

            return null;
        }

        public string Report(string what) =>
            $"Seed {seed}: {what}\nTo repeat it, run this test with VIVIT_FUZZ_SEED={seed} VIVIT_FUZZ_ROUNDS=1. The input:\n{Show(input)}";

        private void Round(T next, Func<T, bool> accepts)
        {
            var (clock, before) = (Stopwatch.StartNew(), GC.GetAllocatedBytesForCurrentThread());
            var accepted = accepts(next);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
            Assert.InRange(clock.Elapsed, TimeSpan.Zero, LongestRound);
            Count(accepted);
        }

        private static string Show(T? shown)
        {
            var text = shown is byte[] bytes ? $"{Convert.ToBase64String(bytes)}\n{Encoding.UTF8.GetString(bytes)}" : $"{shown}";
            return text.Length > LongestShown ? $"{text[..LongestShown]}… ({text.Length} characters)" : text;
        }
    }
}

/// <summary>How the rounds ended.</summary>
/// <param name="Accepted">Inputs that were read, with a right result.</param>
/// <param name="Refused">Inputs that were refused as documented.</param>
public sealed record FuzzTally(int Accepted, int Refused)
{
    /// <summary>Mutations that all end the same way test little. Says nothing of the few rounds of a replay.</summary>
    public void HasAtLeast(int accepted, int refused) =>
        Assert.True(Fuzz.IsReplay || (Accepted >= accepted && Refused >= refused), $"{Accepted} accepted, {Refused} refused: the mutations are no test.");
}
