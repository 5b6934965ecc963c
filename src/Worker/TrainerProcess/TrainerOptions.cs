using System.Globalization;
using ViViT.Contracts.Configuration;

namespace ViViT.Worker.TrainerProcess;

/// <summary>The arguments of a trainer process.</summary>
/// <param name="Device"><c>cpu</c> or <c>cuda:N</c>.</param>
/// <param name="Threads">Threads of one tensor operation on the CPU.</param>
internal sealed record TrainerOptions(int Slot, string Device, int Threads)
{
    /// <exception cref="SettingException">An argument is missing, unknown or malformed.</exception>
    public static TrainerOptions Parse(IReadOnlyList<string> arguments)
    {
        var values = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i += 2)
        {
            if (arguments[i] is not ("--slot" or "--device" or "--threads")) throw new SettingException(arguments[i], "is not an option of the trainer. Give --slot N --device cpu|cuda:N --threads N.");
            if (i + 1 == arguments.Count) throw new SettingException(arguments[i], "lacks its value.");
            values[arguments[i]] = arguments[i + 1];
        }

        return new(Number("--slot", 0), ParseDevice(values.GetValueOrDefault("--device", "cpu")), Number("--threads", 1));

        int Number(string option, int least) =>
            !values.TryGetValue(option, out var text) ? least
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
            : throw new SettingException(option, $"is '{text}'. Give a whole number from {least}.");
    }

    public IEnumerable<string> Arguments =>
        ["--slot", Slot.ToString(CultureInfo.InvariantCulture), "--device", Device, "--threads", Threads.ToString(CultureInfo.InvariantCulture)];

    private static string ParseDevice(string text) =>
        text == "cpu" || (text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _))
            ? text
            : throw new SettingException("--device", $"is '{text}'. Give cpu or cuda:N.");
}
