using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing;

/// <summary>One domain as an importer hands it on: items in their final order and the events between users and items.</summary>
public sealed record ImportedDomain(string Name, IReadOnlyList<Item> Items, InteractionTable Interactions);
