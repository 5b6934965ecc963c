using System.Text.Json;
using Spectre.Console;
using ViViT.Contracts;

namespace ViViT.Cli.Output;

/// <summary>
/// Where output goes: data to stdout, everything else to stderr. Plain text wherever nobody sees a terminal, or NO_COLOR asks for it.
/// Texts of users and servers come in only through here, and lose their control characters: none of them may move the cursor.
/// </summary>
internal static class Terminal
{
    private const int NoWrap = 10_000;
    private static readonly JsonSerializerOptions Indented = new(ContractsJson.Options) { WriteIndented = true };
    private static readonly bool Plain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 } || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";

    // As wide as it needs to be: a terminal wraps a long row legibly, a table squeezed into it loses columns.
    private static readonly IAnsiConsole Data = Make(Console.Out, plain: true, NoWrap);

    /// <summary>For progress that redraws itself.</summary>
    public static IAnsiConsole Notes { get; } = Make(Console.Error, !IsLive, IsLive ? null : NoWrap);

    /// <summary>Whether progress may redraw itself.</summary>
    public static bool IsLive => !Console.IsErrorRedirected && !Plain;

    /// <summary>A line of results.</summary>
    public static void Line(string text) => Data.WriteLine(TextOf.Printable(text));

    /// <summary>A line of progress, a hint or an error.</summary>
    public static void Note(string text)
    {
        try
        {
            Notes.WriteLine(TextOf.Printable(text));
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            // stderr is closed or full: there is nobody to tell, and what a note accompanies goes on.
        }
    }

    public static void Json<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Indented));

    /// <summary>One value in one line.</summary>
    public static void JsonLine<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, ContractsJson.Options));

    public static Table Table(params string[] columns)
    {
        var table = new Table { Border = Console.IsOutputRedirected || Plain ? TableBorder.None : TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(new TableColumn(new Text(column)) { NoWrap = true });
        return table;
    }

    public static void Row(this Table table, params string[] cells) => table.AddRow(cells.Select(cell => new Text(TextOf.Printable(cell))));

    /// <summary>A table of results.</summary>
    public static void Write(Table table) => Data.Write(table);

    private static IAnsiConsole Make(TextWriter writer, bool plain, int? width)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = plain ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (width is { } columns) console.Profile.Width = columns;
        return console;
    }
}
