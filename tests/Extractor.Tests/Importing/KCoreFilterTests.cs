using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Tests.Importing;

public class KCoreFilterTests
{
    [Fact]
    public void Dropping_a_user_can_drop_an_item_and_then_another_user()
    {
        var table = new InteractionTable();
        // A core of two users and two items, and a chain that comes apart from its end.
        foreach (var (user, item) in new[] { ("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "x"), ("c", "z"), ("d", "z") })
            table.Add(user, item, 0, 1);

        Assert.Equal(3, KCoreFilter.Apply(table, 2, 2));

        Assert.Equal(["a/x", "a/y", "b/x", "b/y"], table.Rows.Select(r => $"{table.Users[r.User]}/{table.Items[r.Item]}"));
    }

    [Fact]
    public void What_remains_satisfies_the_core_and_equals_a_one_by_one_removal()
    {
        var random = new Random(3);
        var events = Enumerable.Range(0, 400).Select(_ => (User: random.Next(60), Item: random.Next(50))).ToList();
        var table = new InteractionTable();
        foreach (var (user, item) in events)
            table.Add($"u{user}", $"i{item}", 0, 1);
        KCoreFilter.Apply(table, 5, 5);

        var left = events.ToList();
        while (left.FindIndex(e => left.Count(o => o.User == e.User) < 5 || left.Count(o => o.Item == e.Item) < 5) is var bad and >= 0)
            left.RemoveAt(bad);
        Assert.Equal(left.Select(e => $"u{e.User} i{e.Item}"), table.Rows.Select(r => $"{table.Users[r.User]} {table.Items[r.Item]}"));
    }
}
