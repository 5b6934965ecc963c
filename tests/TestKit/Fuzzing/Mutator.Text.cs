using System.Text;
using System.Text.RegularExpressions;

namespace ViViT.TestKit.Fuzzing;

/// <content>Text in lines, YAML above all.</content>
public sealed partial class Mutator
{
    private static readonly string[] HostileYaml =
    [
        "&a ", "*a", "<<: *a", "!!binary ", "!x ", "? ", "- ", ": ", "#", "---\n", "...\n", "%YAML 9.9\n", "%TAG ! x\n", "|9", ">-", "@", "`", "'", "\"", "\t", "\r", "\u2028", "\0",
        "\"\\ud800\"", "\"\\0\"", "\"\\U00110000\"", "\"\\xFF\"", "~", "null", "[]", "{}", "[null]", "0x7fffffff", "1e999", "-1e999", ".nan", ".inf", "-0", "1_000", "9223372036854775808",
        new('[', 50), new('[', 5_000), new('{', 5_000), Nested("[", "]", 15), Nested("[", "]", 5_000), Nested("{a: ", "}", 5_000), new StringBuilder().Insert(0, "- ", 3_000).ToString(),
        new StringBuilder().Insert(0, "? ", 3_000).ToString(), new('x', 3_000), new(' ', 3_000), new('9', 400),
    ];

    private static readonly string[] HostileNumbers = ["0", "-1", "1", "2147483647", "2147483648", "4294967296", "1152921504606846976", "9223372036854775807", "18446744073709551616", "1e9", new('9', 40), "", "NaN"];

    /// <summary>One to four edits of words, numbers and lines; the outcome need not be UTF-8.</summary>
    public byte[] Text(string whole)
    {
        for (var edits = 1 + Below(4); edits > 0; edits--) whole = EditText(whole);
        var bytes = Encoding.UTF8.GetBytes(whole);
        return OneIn(5) ? Bytes(bytes) : bytes;
    }

    private string EditText(string text)
    {
        var lines = text.Split('\n');
        var (one, other) = (Below(lines.Length), Below(lines.Length));
        switch (Below(8))
        {
            case 0:
                return Replace(text, AnyNumber(), HostileNumbers);
            case 1:
                return Replace(text, Value(), HostileYaml);
            case 2:
                return text.Insert(Below(text.Length + 1), Pick(HostileYaml));
            case 3:
                (lines[one], lines[other]) = (lines[other], lines[one]);
                break;
            case 4:
                lines[one] += '\n' + lines[other];
                break;
            case 5:
                lines[one] = OneIn(2) ? "  " + lines[one] : lines[one].TrimStart();
                break;
            case 6:
                return text[..Below(text.Length + 1)];
            default:
                lines = [.. lines.Where((_, index) => index != one)];
                break;
        }

        return string.Join('\n', lines);
    }

    private string Replace(string text, Regex what, string[] by) =>
        what.Matches(text) is { Count: > 0 } found && Pick(found) is var old ? string.Concat(text.AsSpan(0, old.Index), Pick(by), text.AsSpan(old.Index + old.Length)) : text;

    [GeneratedRegex("[0-9]+")]
    private static partial Regex AnyNumber();

    // What stands behind a colon or in a list.
    [GeneratedRegex(@"(?<=[:\[,] *)[^ :,\[\]{}\n]+")]
    private static partial Regex Value();
}
