using UniM2Rec.Trainer.Reporting;

namespace UniM2Rec.Tests.Reporting;

/// <summary>Which colour an item has on a map.</summary>
public class ItemGroupsTests
{
    [Theory]
    [InlineData(new[] { "Office, Stapler", "Office, Pen, Red", "Office, Pen" }, new[] { "Stapler", "Pen", "Pen" })]
    [InlineData(new[] { "Home > Garden", "Toys > Garden", "" }, new[] { "Home", "Toys", "no category" })]
    [InlineData(new[] { "Office", "Office, Pen" }, new[] { "Office", "Pen" })]
    [InlineData(new[] { "", "" }, new[] { "no category", "no category" })]
    [InlineData(new[] { "Pen", "Pen" }, new[] { "Pen", "Pen" })]
    public void Categories_are_told_apart_at_the_first_level_in_which_they_differ(string[] categories, string[] groups) => Assert.Equal(groups, ItemGroups.ByLevel(categories));
}
