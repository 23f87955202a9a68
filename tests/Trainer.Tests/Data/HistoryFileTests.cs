using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;
using UniM2Rec.Trainer.Data;

namespace UniM2Rec.Tests.Data;

public sealed class HistoryFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Columns_come_in_any_order_and_times_are_numbers_or_dates()
    {
        Assert.Equal(
            [new("ann", "books", "b1", 5), new("bo, jr", "music", "m2", 4.5)],
            Read("timestamp,item_id,extra,domain,user_id\n5,b1,,books,ann\n4.5,m2,x,music,\"bo, jr\"\n"));
        Assert.Equal([0, 86400], Read("user_id,domain,item_id,timestamp\na,x,i,1970-01-01\na,x,j,1970-01-02\n").Select(e => e.Time!.Value));
    }

    [Fact]
    public void Without_times_the_rows_are_in_order_and_without_domains_there_is_one() =>
        Assert.Equal([new("ann", "books", "b1"), new("ann", "books", "b0")], Read("user_id,item_id\nann,b1\nann,b0\n", domain: "books"));

    [Theory]
    [InlineData("user_id,item_id\nann,b1\n", "has no column domain")]
    [InlineData("user_id,domain\nann,b1\n", "has no column item_id")]
    [InlineData("user_id,domain,item_id\n", "has no row below its first")]
    [InlineData("user_id,domain,item_id\nann,books,b1\nann,,b1\n", "line 3, names no domain")]
    [InlineData("user_id,domain,item_id\nann,books,\n", "line 2, names no user or no item")]
    [InlineData("user_id,domain,item_id,timestamp\nann,books,b1,soon\n", "line 2, has the timestamp 'soon'")]
    [InlineData("user_id,domain,item_id,timestamp\nann,books,b1,1\nann,books,b1,1970-01-02\n", "line 3, has a date where the rows before it have numbers")]
    [InlineData("user_id,domain,item_id\nann,books\n", "1 rows with another number of fields")]
    public void What_can_not_be_read_is_named(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there() => Assert.Contains("does not exist", Assert.Throws<UserErrorException>(() => HistoryFile.Read(_folder["none.csv"], null)).Message, StringComparison.Ordinal);

    private IReadOnlyList<HistoryEvent> Read(string text, string? domain = null) => HistoryFile.Read(_folder.Write("history.csv", text), domain);
}
