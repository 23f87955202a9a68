using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using UniM2Rec.CommandLine;

namespace UniM2Rec.Tests.CommandLine;

/// <summary>Figures as people and programs read them.</summary>
[Collection("error stream")]
public sealed class ResultTableTests
{
    [Fact]
    public void Columns_that_matter_are_shown_and_what_is_hidden_is_told()
    {
        Assert.Equal(
            [
                "model       recall@10  ndcg@10",
                "──────────  ─────────  ───────",
                "UniM2Rec       0.1234   0.0567",
                "popularity     0.0100   0.0050",
                "(2 more columns with --wide)",
            ],
            Table().Lines(80, wide: false));
    }

    [Fact]
    public void A_file_has_no_width_and_needs_no_hint() => Assert.Equal(4, Table().Lines(int.MaxValue, wide: false).Count());

    [Fact]
    public void Columns_that_do_not_fit_are_left_out_or_with_wide_shown_in_blocks_below()
    {
        Assert.Equal(["model       recall@10", "──────────  ─────────", "UniM2Rec       0.1234", "popularity     0.0100", "(3 more columns with --wide)"], Table().Lines(24, wide: false));

        string[] wide = [.. Table().Lines(32, wide: true)];
        Assert.Equal(["model       recall@10  ndcg@10", "──────────  ─────────  ───────"], wide[..2]);
        Assert.Equal("", wide[4]);
        Assert.Equal(["model       recall@50  events", "──────────  ─────────  ──────", "UniM2Rec       0.4000   1,234", "popularity     0.3000       -"], wide[5..]);
        Assert.All(wide, line => Assert.InRange(line.Length, 0, 32));
    }

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(80)]
    public void No_number_is_ever_broken_whatever_a_name_is(int width)
    {
        var table = new ResultTable("runs", "run").Number("ndcg@10").Number("users");
        table.Row(new string('n', 200), ResultCell.Figure(0.5), ResultCell.Count(1_234_567));
        table.Row("検索モデルの名前がとても長い場合にも表は壊れない検索モデルの名前がとても長い場合", ResultCell.Figure(0.25), ResultCell.Count(1));

        var lines = table.Lines(width, wide: true).ToList();

        Assert.All(lines, line => Assert.InRange(line.GetCellWidth(), 0, width));
        Assert.Contains(lines, line => line.EndsWith("0.5000", StringComparison.Ordinal) || line.Contains("0.5000 ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("1,234,567", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20, "ndcg@10 is 0.3160\nagainst 0.3109 of\n商品商品商品 商品\na-word-that-is-longer-than-a-line\nand more\n")]
    [InlineData(null, "ndcg@10 is 0.3160 against 0.3109 of 商品商品商品 商品 a-word-that-is-longer-than-a-line and more\n")]
    public void Sentences_go_on_in_the_next_line_between_words(int? width, string expected)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new ResultWriter(output, width, wide: false, json: false).Say("ndcg@10 is 0.3160 against 0.3109 of 商品商品商品 商品 a-word-that-is-longer-than-a-line and more");

        Assert.Equal(expected, output.ToString());
    }

    [Fact]
    public void Json_has_the_values_as_they_are_and_nothing_else_is_written()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var results = new ResultWriter(output, width: 80, wide: false, json: true);
        results.Say("for people");
        results.Set("run", "garden");
        results.SetAll(new { Users = 4 });
        results.Add(Table());
        results.End();

        var read = JsonNode.Parse(output.ToString())!;
        Assert.Equal(["run", "users", "models"], read.AsObject().Select(field => field.Key));
        Assert.Equal(0.12341, read["models"]![0]!["recall@10"]!.GetValue<double>());
        Assert.Null(read["models"]![1]!["events"]);
        Assert.Equal("popularity", read["models"]![1]!["model"]!.GetValue<string>());
    }

    [Fact]
    public void Numbers_have_one_form()
    {
        Assert.Equal(
            ["1,234", "0.1234", "+0.0123", "-0.0123", "8.2%", "-", "1,234.5"],
            new[] { ResultCell.Count(1234), ResultCell.Figure(0.12341), ResultCell.Change(0.01234), ResultCell.Change(-0.01234), ResultCell.Percent(0.0821), ResultCell.Percent(double.NaN), ResultCell.Decimal(1234.5, 1) }.Select(cell => cell.Text));
    }

    [Fact]
    public void The_next_command_can_be_copied()
    {
        var before = Console.Error;
        using var said = new StringWriter(CultureInfo.InvariantCulture);
        Console.SetError(said);
        try
        {
            VerbContext.Next("unim2rec-train", "evaluate", "--run", "my runs/it's");
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Equal("next: unim2rec-train evaluate --run 'my runs/it'\\''s'\n", said.ToString());
    }

    private static ResultTable Table()
    {
        var table = new ResultTable("models", "model").Number("recall@10").Number("ndcg@10").Number("recall@50", isWide: true).Number("events", isWide: true);
        table.Row("UniM2Rec", ResultCell.Figure(0.12341), ResultCell.Figure(0.0567), ResultCell.Figure(0.4), ResultCell.Count(1234));
        table.Row("popularity", ResultCell.Figure(0.01), ResultCell.Figure(0.005), ResultCell.Figure(0.3), ResultCell.None);
        return table;
    }
}
