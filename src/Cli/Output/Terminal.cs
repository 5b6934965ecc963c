using System.Text.Json;
using Spectre.Console;
using ViViT.Contracts;

namespace ViViT.Cli.Output;

/// <summary>Where output goes: data to stdout, everything else to stderr. Plain text wherever nobody sees a terminal.</summary>
internal static class Terminal
{
    private const int NoWrap = 10_000;
    private static readonly JsonSerializerOptions Indented = new(ContractsJson.Options) { WriteIndented = true };

    /// <summary>For results.</summary>
    public static IAnsiConsole Data { get; } = Make(Console.Out, Console.IsOutputRedirected);

    /// <summary>For progress, hints and errors.</summary>
    public static IAnsiConsole Notes { get; } = Make(Console.Error, Console.IsErrorRedirected);

    /// <summary>Whether progress may redraw itself.</summary>
    public static bool IsLive => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    public static void Note(string text) => Notes.WriteLine(text);

    public static void Json<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = Console.IsOutputRedirected ? TableBorder.None : TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column)) { NoWrap = true });
        return table;
    }

    private static IAnsiConsole Make(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (redirected) console.Profile.Width = NoWrap;
        return console;
    }
}
