using ViViT.Contracts.Configuration;
using ViViT.TestKit.Fuzzing;

namespace ViViT.Contracts.Tests.Configuration;

/// <summary>Whatever stands in a file, a variable or on a command line: it is read, or refused in a sentence.</summary>
public sealed class SettingsFuzzTests : IDisposable
{
    private const string Sound =
        """
        {
          "vivit": {
            "listen": "http://127.0.0.1:5860",
            "lease_seconds": 15,
            "clustering": "postgres",
            "token_file": "/run/vivit/token",
            "slots": 2,
            "drain_when_idle": true
          }
        }
        """;

    private readonly string file = Path.GetTempFileName();

    [Fact]
    public void A_damaged_file_is_read_or_refused()
    {
        Fuzz.Run(3000, mutator => mutator.Text(Sound), damaged =>
        {
            File.WriteAllBytes(file, damaged);
            return Read([], name => name == "VIVIT_SETTINGS" ? file : null);
        }).HasAtLeast(accepted: 50, refused: 500);
    }

    [Fact]
    public void A_damaged_command_line_is_read_or_refused()
    {
        Fuzz.Run(3000, mutator => mutator.Text("--listen\nhttp://127.0.0.1:5860\n--lease-seconds\n15\n--clustering=postgres\n--token-file\n/run/token"),
            damaged => Read(System.Text.Encoding.UTF8.GetString(damaged).Split('\n'), _ => null)).HasAtLeast(accepted: 50, refused: 500);
    }

    public void Dispose() => File.Delete(file);

    private static bool Read(string[] flags, Func<string, string?> variable)
    {
        try
        {
            var values = SettingValues.Of(Programs.Silo, flags, variable);
            Assert.NotEmpty(SettingsText.Effective(Programs.Silo, values));
            return true;
        }
        catch (SettingException wrong)
        {
            return Fuzz.Refused(wrong);
        }
    }
}
