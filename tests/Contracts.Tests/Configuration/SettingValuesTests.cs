using ViViT.Contracts.Configuration;

namespace ViViT.Contracts.Tests.Configuration;

public sealed class SettingValuesTests : IDisposable
{
    private const string Password = "hunter2-and-more";

    private readonly string folder = Directory.CreateTempSubdirectory("vivit-settings-").FullName;
    private readonly Dictionary<string, string> environment = [];

    [Fact]
    public void A_flag_goes_before_a_variable_before_the_file_before_the_default()
    {
        Assert.Equal(TimeSpan.FromSeconds(15), Silo().Get(Settings.Lease));

        environment["VIVIT_SETTINGS"] = Write("""{"vivit": {"lease_seconds": 20}}""");
        Assert.Equal(TimeSpan.FromSeconds(20), Silo().Get(Settings.Lease));

        environment["VIVIT_LEASE_SECONDS"] = "25";
        Assert.Equal(TimeSpan.FromSeconds(25), Silo().Get(Settings.Lease));

        Assert.Equal(TimeSpan.FromSeconds(30), Silo("--lease-seconds", "30").Get(Settings.Lease));
        Assert.Equal(TimeSpan.FromSeconds(31), Silo("--lease-seconds=31").Get(Settings.Lease));
    }

    [Fact]
    public void A_file_that_a_flag_names_goes_before_the_one_that_the_variable_names()
    {
        environment["VIVIT_SETTINGS"] = Write("""{"vivit": {"lease_seconds": 20}}""", "a.json");

        Assert.Equal(TimeSpan.FromSeconds(40), Silo("--settings", Write("""{"vivit": {"lease_seconds": "40"}}""", "b.json")).Get(Settings.Lease));
    }

    [Fact]
    public void A_blank_variable_is_not_set()
    {
        environment["VIVIT_LEASE_SECONDS"] = " ";

        Assert.Equal(TimeSpan.FromSeconds(15), Silo().Get(Settings.Lease));
        Assert.False(Silo().TryGet(Settings.Management, out _));
    }

    [Fact]
    public void A_switch_needs_no_value()
    {
        Assert.True(Of(Programs.Worker, "--drain-when-idle", "--pool", "gpu").Get(Settings.DrainWhenIdle));
        Assert.False(Of(Programs.Worker, "--drain-when-idle", "false").Get(Settings.DrainWhenIdle));
    }

    [Fact]
    public void Programs_share_a_file_and_each_takes_its_own()
    {
        environment["VIVIT_SETTINGS"] = Write("""
            {
              // of both
              "vivit": {"pool": "gpu", "lease_seconds": 7, "slots": 3,},
              "Logging": {}
            }
            """);

        Assert.Equal(TimeSpan.FromSeconds(7), Silo().Get(Settings.Lease));
        Assert.Equal("gpu", Of(Programs.Worker).Get(Settings.Pool));
    }

    [Theory]
    [InlineData("--lease-second 30", "--lease-second is no flag of this program. Did you mean '--lease-seconds'?")]
    [InlineData("--wholly-unlike-anything 30", "--wholly-unlike-anything is no flag of this program. --help lists them.")]
    [InlineData("--pool gpu", "--pool is no setting of this program but of the worker. Leave it out.")]
    [InlineData("--token-file a --data b", "--data is no setting of this program but of the worker and the command line. Leave it out.")]
    [InlineData("--lease-seconds", "--lease-seconds lacks its value. Give a number of seconds from 0.5 to 3600.")]
    [InlineData("--lease-seconds --migrate never", "--lease-seconds lacks its value.")]
    [InlineData("--lease-seconds=", "--lease-seconds lacks its value.")]
    [InlineData("--lease-seconds 1 --lease-seconds 2", "--lease-seconds is given twice. Give it once.")]
    [InlineData("--lease-seconds soon", "--lease-seconds is 'soon'. Give a number of seconds from 0.5 to 3600.")]
    [InlineData("--migrate sometimes", "--migrate is 'sometimes'. Give at-start or never.")]
    [InlineData("--clustering none", "--clustering is 'none'. Give localhost, postgres or kubernetes.")]
    [InlineData("--listen http://silo.example:1", "--listen is 'http://silo.example:1', a name, where an address of this machine is needed. Give scheme, address and port")]
    public void A_wrong_flag_is_told_with_its_remedy(string flags, string message) =>
        Assert.StartsWith(message, Refused(() => Silo(flags.Split(' '))), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"vivit": {"lease_second": 1}}""", ": vivit.lease_second is no setting. Did you mean 'lease_seconds'?")]
    [InlineData("""{"vivit": {"settings": "x.json"}}""", ": vivit.settings is no setting.")]
    [InlineData("""{"vivit": {"lease_seconds": "soon"}}""", ": vivit.lease_seconds is 'soon'. Give a number of seconds")]
    [InlineData("""{"vivit": {"lease_seconds": [1]}}""", ": vivit.lease_seconds is no text, number, true or false.")]
    [InlineData("""{"vivit": {"lease_seconds": null}}""", ": vivit.lease_seconds is no text, number, true or false.")]
    [InlineData("""{"vivit": {"lease_seconds": 1, "lease_seconds": 2}}""", ": vivit.lease_seconds stands there twice.")]
    [InlineData("""{"vivit": 3}""", ": vivit is no object.")]
    [InlineData("""{"Vivit": {}}""", " has no object \"vivit\".")]
    [InlineData("""[]""", " has no object \"vivit\".")]
    [InlineData("{\"vivit\":\n {lease_seconds: 3}}", " is no JSON: see line 2, character 3. Mend it there.")]
    [InlineData("""{"vivit": {"token_file": "\ud800"}}""", " holds half of a surrogate pair")]
    [InlineData("""{"vivit": {"token_file": "a\u0000b"}}""", ": vivit.token_file is 'a?b'. Give the file with the bearer token.")]
    public void A_wrong_file_is_told_with_its_place(string text, string message)
    {
        var file = environment["VIVIT_SETTINGS"] = Write(text);

        Assert.StartsWith(file + message, Refused(() => Silo()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("absent.json", "cannot be read")]
    [InlineData(".", "cannot be read")]
    [InlineData("/dev/zero", "longer than")]
    public void A_file_that_cannot_be_read_is_told(string name, string problem)
    {
        environment["VIVIT_SETTINGS"] = Path.Combine(folder, name);

        Assert.Contains(problem, Refused(() => Silo()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_in_no_error_and_no_print()
    {
        environment["VIVIT_POSTGRES"] = $"Host=db;Password={Password}";
        Assert.DoesNotContain(Password, SettingsText.Effective(Programs.Silo, Silo()), StringComparison.Ordinal);
        Assert.Contains("***", SettingsText.Effective(Programs.Silo, Silo()), StringComparison.Ordinal);

        Assert.All(
            (string[][])[["--postgress", $"Host=db;Password={Password}"], [$"--postgress=Host=db;Password={Password}"], [$"postgres://me:{Password}@db/vivit"], ["--postgres", "a", "--postgres", $"Password={Password}"]],
            flags => Assert.DoesNotContain(Password, Refused(() => Silo(flags)), StringComparison.Ordinal));

        environment["VIVIT_SETTINGS"] = Write($"{{\"vivit\": {{\"postgres\": {Password}}}}}");
        Assert.DoesNotContain(Password[..4], Refused(() => Silo()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_holds_is_printed_with_where_it_comes_from()
    {
        var file = environment["VIVIT_SETTINGS"] = Write("""{"vivit": {"listen": "http://127.0.0.1:9"}}""");
        environment["VIVIT_TOKEN_FILE"] = "/run/token";

        var lines = SettingsText.Effective(Programs.Silo, Silo("--lease-seconds", "9")).Split('\n').Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToDictionary(line => line[0]);

        Assert.Equal(["lease_seconds", "9", "--lease-seconds"], lines["lease_seconds"]);
        Assert.Equal(["token_file", "/run/token", "VIVIT_TOKEN_FILE"], lines["token_file"]);
        Assert.Equal(["listen", "http://127.0.0.1:9", $"{file}: vivit.listen"], lines["listen"]);
        Assert.Equal(["migrate", "at-start", "default"], lines["migrate"]);
        Assert.Equal(["postgres", "-", "not set: must be given"], lines["postgres"]);
        Assert.Equal(["tls_certificate", "-", "not set: no TLS"], lines["tls_certificate"]);
        Assert.DoesNotContain("pool", lines.Keys);
    }

    [Fact]
    public void An_error_quotes_no_more_than_its_reader_can_take()
    {
        environment["VIVIT_LEASE_SECONDS"] = new string('9', 10_000) + "\u001b[2J";
        Assert.InRange(Refused(() => Silo()).Length, 1, 300);

        environment["VIVIT_LEASE_SECONDS"] = "\u001b[2J";
        Assert.DoesNotContain('\u001b', Refused(() => Silo()));
    }

    [Fact]
    public void A_default_is_a_value_that_its_setting_accepts() =>
        Assert.All(Settings.All.Where(setting => setting.Default is not null), setting => setting.Check(new(setting.Default!, setting.Key)));

    [Fact]
    public void Each_setting_of_the_table_is_in_the_list_and_read_by_somebody()
    {
        var declared = typeof(Settings).GetProperties().Where(property => property.PropertyType.IsAssignableTo(typeof(Setting))).Select(property => ((Setting)property.GetValue(null)!).Key);

        Assert.Equal(declared.Order(), Settings.All.Select(setting => setting.Key).Order());
        Assert.Equal(Settings.All.Count, Settings.All.Select(setting => setting.Variable).Distinct().Count());
        Assert.DoesNotContain(Settings.All, setting => setting.ReadBy == Programs.None);
    }

    [Fact]
    public void A_misspelt_variable_is_told_and_nothing_else_is()
    {
        string[] names = ["VIVIT_LEASE_SECOND", "VIVIT_POOL", "VIVIT_SILO_SERVICE_HOST", "VIVIT_SILO_PORT", "VIVIT_SILO_PORT_5860_TCP_ADDR", "VIVIT_SILO_SERVICE_PORT_HTTP", "PATH", "VIVIT_ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

        Assert.Equal(
            ["VIVIT_ABCDEFGHIJKLMNOPQRSTUVWXYZ is no setting and changes nothing.", "VIVIT_LEASE_SECOND is no setting and changes nothing. Did you mean VIVIT_LEASE_SECONDS?"],
            UnknownVariables.Warnings(names));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private SettingValues Silo(params string[] flags) => Of(Programs.Silo, flags);

    private SettingValues Of(Programs program, params string[] flags) => SettingValues.Of(program, flags, environment.GetValueOrDefault);

    private static string Refused(Action read) => Assert.Throws<SettingException>(read).Message;

    private string Write(string text, string name = "settings.json")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
