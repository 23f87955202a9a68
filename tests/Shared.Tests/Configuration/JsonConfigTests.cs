using UniM2Rec.Configuration;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Configuration;

public sealed class JsonConfigTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public enum Fusion
    {
        Equal,
        LearnedWeights,
        Gated,
    }

    public sealed record Training : IValidatable
    {
        public int BatchSize { get; init; } = 1024;

        public double LearningRate { get; init; } = 1e-3;

        public float? Temperature { get; init; }

        public bool Shuffle { get; init; } = true;

        public IEnumerable<string> Problems()
        {
            if (BatchSize < 1)
                yield return $"batchSize is {BatchSize}; expected at least 1";
        }
    }

    public sealed class Layer
    {
        public int Width { get; set; } = 300;
    }

    public sealed record Settings
    {
        public string Name { get; init; } = "default";

        public string? Note { get; init; }

        public long Seed { get; init; } = 42;

        public Fusion Fusion { get; init; }

        public IReadOnlyList<string> Domains { get; init; } = ["a"];

        public int[] Cutoffs { get; init; } = [5, 10];

        public List<Layer> Layers { get; init; } = [];

        public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double> { ["text"] = 1 };

        public Training Training { get; init; } = new();

        public Training? Extra { get; init; }

        public string Computed => Name + "!";
    }

    [Fact]
    public void Without_file_and_overrides_the_defaults_stand() =>
        Assert.Equal(JsonConfig.Serialize(new Settings()), JsonConfig.Serialize(JsonConfig.Load<Settings>(null, [])));

    [Fact]
    public void A_file_with_comments_overlays_the_defaults_and_overrides_the_file()
    {
        var settings = Load("""
            {
              // which ones
              "domains": ["horror", "drama",],
              "fusion": "learned-weights",
              "training": { "learningRate": 0.01, /* none */ "temperature": 0.07 },
              "layers": [{ "width": 64 }, {}],
              "weights": { "image": 0.5 },
            }
            """, "training.batchSize=8", "training.temperature=null", "name=x y", "cutoffs=1,2", "weights.cross=2", "extra.shuffle=false");
        Assert.Equal(["horror", "drama"], settings.Domains);
        Assert.Equal(Fusion.LearnedWeights, settings.Fusion);
        Assert.Equal(new Training { BatchSize = 8, LearningRate = 0.01, Temperature = null }, settings.Training);
        Assert.Equal([64, 300], settings.Layers.Select(layer => layer.Width));
        Assert.Equal([("cross", 2.0), ("image", 0.5), ("text", 1.0)], settings.Weights.Select(pair => (pair.Key, pair.Value)).Order());
        Assert.Equal(("x y", 42), (settings.Name, settings.Seed));
        Assert.Equal([1, 2], settings.Cutoffs);
        Assert.False(settings.Extra!.Shuffle);
    }

    [Theory]
    [InlineData("name=7", "7")]
    [InlineData("name=\"quoted = text\"", "quoted = text")]
    [InlineData("name=", "")]
    [InlineData("name=true", "true")]
    public void An_override_of_a_text_needs_no_quotes(string text, string name) =>
        Assert.Equal(name, JsonConfig.Load<Settings>(null, [text]).Name);

    [Theory]
    [InlineData("fusion=gated", Fusion.Gated)]
    [InlineData("fusion=learnedWeights", Fusion.LearnedWeights)]
    [InlineData("fusion=LEARNED_WEIGHTS", Fusion.LearnedWeights)]
    public void An_enum_is_read_in_kebab_or_camel_case(string text, Fusion fusion) =>
        Assert.Equal(fusion, JsonConfig.Load<Settings>(null, [text]).Fusion);

    [Theory]
    [InlineData("domains=[]", "")]
    [InlineData("domains=", "")]
    [InlineData("domains=a", "a")]
    [InlineData("domains=a, b", "a|b")]
    [InlineData("domains=[\"a,b\"]", "a,b")]
    public void An_override_of_a_list_is_json_or_separated_by_commas(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', JsonConfig.Load<Settings>(null, [text]).Domains));

    [Fact]
    public void The_resolved_configuration_is_read_back_to_itself()
    {
        var settings = JsonConfig.Load<Settings>(null, ["fusion=learned-weights", "layers=[{\"width\":3}]", "note=é", "training.temperature=0.5"]);
        string json = JsonConfig.Serialize(settings);
        Assert.Contains("\"fusion\": \"learned-weights\"", json);
        Assert.Contains("\"batchSize\": 1024", json);
        Assert.DoesNotContain("computed", json);
        Assert.Equal(json, JsonConfig.Serialize(Load(json)));
    }

    [Theory]
    [InlineData("""{"training": {"batchsize": 3}}""", "has the unknown key 'training.batchsize' (did you mean 'batchSize'?); known here: batchSize,")]
    [InlineData("""{"nmae": "x"}""", "has the unknown key 'nmae' (did you mean 'name'?)")]
    [InlineData("""{"computed": "x"}""", "has the unknown key 'computed'")]
    [InlineData("""{"name": "x", "name": "y"}""", "has the key 'name' twice")]
    [InlineData("""{"training": {"batchSize": "many"}}""", "sets 'training.batchSize' to \"many\"; expected a whole number")]
    [InlineData("""{"training": {"batchSize": 1.5}}""", "sets 'training.batchSize' to 1.5; expected a whole number")]
    [InlineData("""{"training": {"learningRate": 1e999}}""", "sets 'training.learningRate' to 1e999; expected a number")]
    [InlineData("""{"training": {"shuffle": "yes"}}""", "sets 'training.shuffle' to \"yes\"; expected true or false")]
    [InlineData("""{"training": 3}""", "sets 'training' to 3; expected an object with keys")]
    [InlineData("""{"training": null}""", "sets 'training' to null; expected an object with keys")]
    [InlineData("""{"name": null}""", "sets 'name' to null; expected a text in quotes")]
    [InlineData("""{"domains": "a"}""", "sets 'domains' to \"a\"; expected a list of values, each a text in quotes")]
    [InlineData("""{"cutoffs": [1, "b"]}""", "sets 'cutoffs[1]' to \"b\"; expected a whole number")]
    [InlineData("""{"fusion": "gatd"}""", "sets 'fusion' to \"gatd\"; expected one of equal, learned-weights, gated (did you mean 'gated'?)")]
    [InlineData("""{"fusion": 2}""", "sets 'fusion' to 2; expected one of equal, learned-weights, gated")]
    [InlineData("""[1]""", "expected an object with keys")]
    [InlineData("""{"name": """, "is not valid JSON")]
    public void A_wrong_file_is_one_sentence_with_key_value_and_expectation(string json, string message)
    {
        string found = Assert.Throws<UserErrorException>(() => Load(json)).Message;
        Assert.Contains(message, found);
        Assert.Contains($"config file '{folder["config.json"]}'", found);
    }

    [Theory]
    [InlineData("training.batchSise=3", "--set 'training.batchSise=3' has the unknown key 'training.batchSise' (did you mean 'batchSize'?)")]
    [InlineData("training.batchSize=many", "--set 'training.batchSize=many' sets 'training.batchSize' to \"many\"; expected a whole number")]
    [InlineData("name.x=1", "--set 'name.x=1' sets 'name' to")]
    [InlineData("name", "--set 'name' has no key and value")]
    [InlineData("=3", "--set '=3' has no key and value")]
    [InlineData("a..b=3", "--set 'a..b=3' has no key and value")]
    public void A_wrong_override_names_itself(string text, string message) =>
        Assert.Contains(message, Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(null, [text])).Message);

    [Fact]
    public void Problems_of_every_section_are_told_with_its_path()
    {
        string message = Assert.Throws<UserErrorException>(
            () => JsonConfig.Load<Settings>(null, ["training.batchSize=0", "extra.batchSize=-1"])).Message;
        Assert.Contains("in 'training', batchSize is 0; expected at least 1; in 'extra', batchSize is -1", message);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("does not exist; expected a JSON config file",
            Assert.Throws<UserErrorException>(() => JsonConfig.Load<Settings>(folder["none.json"], [])).Message);

    private Settings Load(string json, params string[] overrides) =>
        JsonConfig.Load<Settings>(folder.Write("config.json", json), overrides);
}
