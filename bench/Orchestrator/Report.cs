namespace ViViT.Bench.Orchestrator;

/// <summary>What goes to the console.</summary>
internal static class Report
{
    public static void Title(string text) => Console.WriteLine($"\n== {text}");

    public static void Line(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
