using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Extractor.Pipeline;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// Feature files of UniSRec's processed form. Their row i is the item with index i of .item2index, which is the order in which the
/// importer writes items; size and order are checked against the catalogue.
/// </summary>
public static class PublishedFeatures
{
    /// <summary>Writes every modality that any of the folders has.</summary>
    /// <param name="catalogue">Folder of the imported catalogue.</param>
    /// <param name="published">The imported domains, each with its files.</param>
    /// <param name="output">Folder of the store.</param>
    /// <param name="context">Takes vectors that can't be used, shows the rows, and leaves; shards that are complete are kept.</param>
    /// <exception cref="UserErrorException">No folder has features, or a file has another size than its items need.</exception>
    public static void Write(
        string catalogue, IReadOnlyList<PublishedDomain> published, string output, ImportContext context)
    {
        var files = published.SelectMany((domain, d) => domain.FeatureFiles.Select(f => (f.Modality, f.Path, Domain: d))).ToLookup(f => f.Modality);
        if (files.Count == 0)
            throw new UserErrorException($"none of the folders has a .feat1CLS or .feat3CLS file, so that no features can be imported; leave out --features, and extract with 'unim2rec-extract run'.");
        var dataset = Dataset.Open(catalogue);
        using var rejects = new RejectLog(csvPath: null, maxRate: 0);
        using var scan = CatalogueScan.Of(dataset, new ItemText(ItemText.Fields), rejects, spool: false, context.Cancellation);
        var lookup = new ItemLookup(dataset);
        var options = new FeatureStoreOptions { ShardRows = new ExtractionSettings().EffectiveShardRows(scan.Count), OtherStoreAdvice = "give another folder to --features" };
        using var folder = StoreFolder.Hold(output);
        folder.Check(scan.Items, options);
        var work = new WorkContext(context.Log, context.Progress, context.Cancellation);
        var opened = new List<RawMatrix>();
        try
        {
            var checkedVectors = files.Select(modality => ExternalFeatures.Check(Vectors(modality), lookup, context.Rejects, work)).ToList();
            using var store = folder.Open(scan.Items, options);
            foreach (var vectors in checkedVectors)
                ExternalFeatures.Write(store, vectors, work);
        }
        finally
        {
            opened.ForEach(matrix => matrix.Dispose());
        }

        ExternalModality Vectors(IGrouping<string, (string Modality, string Path, int Domain)> modality)
        {
            int before = opened.Count;
            foreach (var (_, path, domain) in modality)
                opened.Add(RawMatrix.OpenHeaderless(path, published[domain].Domain.Items.Count));
            string encoder = Path.GetExtension(modality.First().Path).TrimStart('.');
            return new ExternalModality(modality.Key, encoder, FeatureType.Float32, opened[before..], Sources(lookup, published, [.. modality.Select(f => f.Domain)])) { Overwrite = context.Overwrite };
        }
    }

    private static RowSource[] Sources(ItemLookup lookup, IReadOnlyList<PublishedDomain> published, int[] domainOfMatrix)
    {
        var sources = new RowSource[lookup.Count];
        Array.Fill(sources, RowSource.None);
        for (int matrix = 0; matrix < domainOfMatrix.Length; matrix++)
        {
            var domain = published[domainOfMatrix[matrix]].Domain;
            for (int index = 0; index < domain.Items.Count; index++)
                sources[lookup.Find(domain.Name, domain.Items[index].ItemId)] = new(matrix, index);
        }

        return sources;
    }
}

/// <summary>An imported domain with the feature files that came with it.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="FeatureFiles">Float32 vectors without a header, in the order of the items.</param>
public sealed record PublishedDomain(ImportedDomain Domain, IReadOnlyList<(string Modality, string Path)> FeatureFiles);
