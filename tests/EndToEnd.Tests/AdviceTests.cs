using System.Text.RegularExpressions;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests;

/// <summary>What an error advises is done, word for word, and then the command that failed succeeds.</summary>
public sealed partial class AdviceTests : IDisposable
{
    private const int Items = 30;
    private readonly TemporaryFolder _folder = new();

    public AdviceTests()
    {
        _folder.Write("shop/dataset.json", """{ "name": "shop", "domains": ["a"] }""");
        WriteItems(Items);
        WriteEvents(bad: 0);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Features_of_a_catalogue_that_changed_are_made_again_by_the_command_that_the_trainer_and_verify_name()
    {
        Extract("run", "--dataset", "shop", "--out", "features").Expect(0);
        WriteItems(Items + 1);
        string[] verify = ["verify", "--features", "features", "--dataset", "shop"];
        string[] again = AdvisedBy(Extract(verify).Expect(1));
        string[] byTrainer = AdvisedBy(Train(Finetune("run")).Expect(1));

        Assert.Equal(again.Select(Absolute), byTrainer.Select(Absolute));
        Extract(byTrainer).Expect(0);
        Extract(verify).Expect(0);
        Train(Finetune("run")).Expect(0);
    }

    [Theory]
    [InlineData("unim2rec", "came after the run was trained: known by features alone")]
    [InlineData("missrec", "came after the run was trained: known by features alone")]
    [InlineData("sasrec", "left out, as SASRec knows items by their ids alone")]
    [InlineData("item-knn", "came after the run was trained: left out, as")]
    public void A_run_goes_on_when_an_item_is_added_by_the_plain_command(string preset, string said)
    {
        Extract("run", "--dataset", "shop", "--out", "features").Expect(0);
        string[] small = preset is "unim2rec" or "missrec" ? Market.SmallModel : ["--set", "training.epochs=1"];
        Train(["finetune", "--dataset", "shop", "--features", "features", "--epochs", "1", "--out", "run", "--preset", preset, .. small]).Expect(0);
        WriteItems(Items + 1, reversed: true);
        Extract(AdvisedBy(Train("recommend", "--run", "run", "--out", "r.csv").Expect(1))).Expect(0);

        var result = Train("recommend", "--run", "run", "--out", "r.csv", "--top", $"{Items + 1}").Expect(0);

        Assert.Contains($"(a: i{Items})", result.Errors, StringComparison.Ordinal);
        Assert.Contains(said, result.Errors, StringComparison.Ordinal);
        Assert.Equal(!said.Contains("left out", StringComparison.Ordinal), File.ReadAllText(_folder["r.csv"]).Contains($",i{Items},", StringComparison.Ordinal));
    }

    [Fact]
    public void Too_many_bad_rows_are_let_through_by_the_option_that_each_program_names()
    {
        WriteItems(Items, bad: 3);
        string[] run = ["run", "--dataset", "shop", "--out", "features"];
        Assert.Contains("--max-reject-rate", Extract(run).Expect(1).Errors, StringComparison.Ordinal);
        Extract([.. run, "--max-reject-rate", "0.2"]).Expect(3);

        WriteEvents(bad: 20);
        var refused = Train(Finetune("run")).Expect(1);
        Assert.Contains("(--set data.maxRejectRate=0.1)", refused.Errors, StringComparison.Ordinal);
        Train([.. Finetune("run"), "--set", "data.maxRejectRate=0.1"]).Expect(0);
    }

    [Fact]
    public void A_run_that_exists_is_gone_on_with_or_replaced_and_compared_once_it_is_evaluated()
    {
        Extract("run", "--dataset", "shop", "--out", "features").Expect(0);
        Train(Finetune("one")).Expect(0);
        Train([.. Finetune("two"), "--seed", "2"]).Expect(0);
        Train(Finetune("one")).ExpectError(1, "--resume", "--overwrite");
        Train([.. Finetune("one"), "--resume"]).Expect(0);
        Train([.. Finetune("one"), "--overwrite"]).Expect(0);

        string[] compare = ["compare", "--runs", "one", "two"];
        for (int missing = 0; missing < 2; missing++) Train(AdvisedBy(Train(compare).Expect(1))).Expect(0);
        Train(compare).Expect(0);

        _folder.Write("notes.csv", "mine\n");
        string[] recommend = ["recommend", "--run", "one", "--out", "notes.csv"];
        Train(recommend).ExpectError(1, "--overwrite");
        Assert.Equal("mine\n", File.ReadAllText(_folder["notes.csv"]));
        Train([.. recommend, "--overwrite"]).Expect(0);
    }

    [Fact]
    public void An_encoder_that_is_not_there_is_got_by_the_command_that_is_named()
    {
        string[] run = ["run", "--dataset", "shop", "--out", "features", "--text", "minilm", "--encoders", "encoders"];
        Extract(AdvisedBy(Extract(run).Expect(1))).Expect(0);
        Extract(run).Expect(0);
    }

    /// <summary>The words of the command that a message names, without the program's name.</summary>
    private static string[] AdvisedBy(ProgramResult result)
    {
        var command = Command().Match(result.Errors);
        Assert.True(command.Success, $"no command is named in\n{result.Errors}");
        return command.Groups["words"].Value.Split(' ');
    }

    private string Absolute(string word) => word.StartsWith('-') || word == "run" ? word : Path.GetFullPath(word, _folder.Path);

    private ProgramResult Extract(params string[] arguments) => ProgramUnderTest.Extract.RunIn(_folder.Path, arguments);

    private ProgramResult Train(params string[] arguments) => ProgramUnderTest.Train.RunIn(_folder.Path, arguments);

    private static string[] Finetune(string run) =>
        ["finetune", "--dataset", "shop", "--features", "features", "--epochs", "1", "--out", run, .. Market.SmallModel];

    private void WriteItems(int count, int bad = 0, bool reversed = false) => _folder.Write("shop/a/items.csv",
        "item_id,title\n" + string.Concat((reversed ? Enumerable.Range(0, count).Reverse() : Enumerable.Range(0, count)).Select(i => $"i{i},thing {i} of kind {i % 5}\n")) + string.Concat(Enumerable.Repeat("one field alone\n", bad)));

    private void WriteEvents(int bad) => _folder.Write("shop/a/interactions.csv",
        "user_id,item_id,timestamp\n"
        + string.Concat(Enumerable.Range(0, 40 * 6).Select(e => $"u{e / 6},i{(e * 7 + (e / 6)) % Items},{e}\n"))
        + string.Concat(Enumerable.Repeat("u0,nothing,5\n", bad)));

    [GeneratedRegex(@"unim2rec-(extract|train) (?<words>[^;,'`\n]+?)(?=[;,'`.]?\s*$|[;,'`]| first)", RegexOptions.Multiline)]
    private static partial Regex Command();
}
