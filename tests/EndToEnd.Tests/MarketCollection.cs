namespace UniM2Rec.Tests;

/// <summary>Tests that share the marketplace, and so run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class MarketCollection : ICollectionFixture<Market>
{
    public const string Name = "market";
}
