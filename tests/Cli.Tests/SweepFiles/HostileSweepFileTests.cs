namespace ViViT.Cli.Tests.SweepFiles;

/// <summary>A sweep file is text from somebody: it names data sets of the catalogue and nothing else of this machine.</summary>
public sealed class HostileSweepFileTests
{
    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("file:///etc/passwd")]
    [InlineData("http://169.254.169.254/latest/meta-data")]
    [InlineData("..%2f..%2fetc%2fpasswd")]
    [InlineData("'%252e%252e/etc'")]
    [InlineData("\"shapes3d\\0\"")]
    [InlineData("\"\\uFF0E\\uFF0E/etc\"")]
    [InlineData("\"sh\\u0430pes3d\"")]
    [InlineData("$HOME")]
    [InlineData("~/data")]
    public void A_data_set_is_one_of_the_catalogue(string name)
    {
        Assert.Contains("there is no data set", SweepFile.Problems($"name: a\nexperiment:\n  data: {{name: {name}}}\n"), StringComparison.Ordinal);
        Assert.Contains("there is no data set", SweepFile.Problems($"name: a\nexperiment:\n  data: {{name: shapes3d}}\ngrid:\n  data.name: [shapes3d, {name}]\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name: !include /etc/passwd")]
    [InlineData("name: !!python/object/apply:os.system [id]")]
    [InlineData("name: !<tag:yaml.org,2002:System.Diagnostics.Process> {}")]
    [InlineData("name: ../../x")]
    [InlineData("name: \"a\\0b\"")]
    [InlineData("name: \"a\\u202Eb\"")]
    [InlineData("name: a\npool: ../other")]
    [InlineData("name: a\npool: \"p\\0\"")]
    [InlineData("name: a\ncheckpoints: /etc")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d, path: /etc/passwd}}")]
    [InlineData("name: a\nexperiment: {data: {name: shapes3d, url: 'http://localhost'}}")]
    [InlineData("<<: {name: a}")]
    public void Nothing_in_it_names_a_file_a_program_or_another_machine(string text)
    {
        var whole = text.Contains("experiment:", StringComparison.Ordinal) ? text : $"{text}\nexperiment:\n  data: {{name: shapes3d}}\n";

        Assert.NotEmpty(SweepFile.Problems(whole));
    }
}
