using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Configuration;

/// <summary>A key that was renamed: its user is told the new name, and what programs kept under the old one is read.</summary>
public sealed class FormerKeyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public sealed record Neighbours
    {
        [FormerKey("model.coOccurrenceDecay")]
        public double Decay { get; init; } = 0.7;

        public int Count { get; init; } = 20;
    }

    public sealed record Model
    {
        public int Width { get; init; } = 300;
    }

    public sealed record Settings
    {
        public Model Model { get; init; } = new();

        public Neighbours Neighbours { get; init; } = new();
    }

    [Fact]
    public void Setting_it_names_the_present_key()
    {
        var error = Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(null, ["model.coOccurrenceDecay=0.5"]));
        Assert.Contains("neighbours.decay", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_has_it_is_refused_with_the_present_key()
    {
        string file = _folder.Write("config.json", """{ "model": { "coOccurrenceDecay": 0.5 } }""");
        var error = Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(file, []));
        Assert.Contains("neighbours.decay", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_advice_works()
    {
        Assert.Equal(0.5, JsonConfig.Load<Settings>(null, ["neighbours.decay=0.5"]).Neighbours.Decay);
    }

    [Fact]
    public void A_kept_configuration_is_read_with_it()
    {
        string file = _folder.Write("config.json", """{ "model": { "width": 8, "coOccurrenceDecay": 0.5 }, "neighbours": { "count": 3 } }""");
        var expected = new Settings { Model = new Model { Width = 8 }, Neighbours = new Neighbours { Count = 3, Decay = 0.5 } };

        var kept = JsonConfig.LoadKept<Settings>(file);

        Assert.Equal(expected, kept);
        File.WriteAllText(file, JsonConfig.Serialize(kept));
        Assert.Equal(expected, JsonConfig.LoadKept<Settings>(file));
    }

    [Theory]
    [InlineData("auto", true, false, 0)]
    [InlineData("cpu", false, false, 0)]
    [InlineData("cuda", false, true, 0)]
    [InlineData("cuda:3", false, true, 3)]
    public void Devices_have_four_forms(string text, bool auto, bool cuda, int index)
    {
        Assert.Equal(new DeviceName(auto, cuda, index), DeviceName.Parse(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("CUDA")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:99999999999")]
    [InlineData("cuda:1 ")]
    public void Other_devices_are_wrong_usage(string text)
    {
        var error = Assert.Throws<UserErrorException>(() => DeviceName.Parse(text));
        Assert.True(error.IsUsage);
        Assert.Contains("expected auto, cpu, cuda or cuda:n", error.Message, StringComparison.Ordinal);
    }
}
