using System.Globalization;
using System.Text;

namespace UniM2Rec.Extractor.Importing;

/// <summary>
/// The files of UniSRec's pre-training form: several data sets, named by NAME.pt_datasets, with their events together in NAME.train.inter and
/// NAME.valid.inter. There a user or item is the number of its data set, a hyphen and its index in it; features and texts are files of each data set.
/// </summary>
public sealed class PretrainingFolder
{
    private const string Marker = ".pt_datasets";
    private const long MostNamesBytes = 1L << 20;

    /// <summary>Width of the published features, which are BERT's.</summary>
    private const int PublishedWidth = 768;
    private readonly string _folder;
    private readonly string _name;

    private PretrainingFolder(string folder, string name, string[] dataSets) => (_folder, _name, DataSets) = (folder, name, dataSets);

    /// <summary>Names of the data sets, in the order of their numbers.</summary>
    public IReadOnlyList<string> DataSets { get; }

    /// <summary>Finds the data sets in a folder; null where it is not of this form.</summary>
    /// <exception cref="UserErrorException">It is of this form, but lacks a file.</exception>
    public static PretrainingFolder? Find(string folder)
    {
        string[] markers = Directory.Exists(folder) ? Directory.GetFiles(folder, "*" + Marker) : [];
        if (markers.Length == 0)
            return null;
        if (markers.Length > 1)
            throw new UserErrorException($"'{folder}' holds {markers.Length} files that end in {Marker}, but one was expected; move each into a folder of its own.");
        string[] sets = Encoding.UTF8.GetString(RegularFile.ReadBytes(markers[0], "the names of data sets", MostNamesBytes)).Split([',', '\n', '\r', ' ', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (sets.Length == 0)
            throw new UserErrorException($"'{markers[0]}' names no data set, but some names with commas between were expected; fetch the file again.");
        var found = new PretrainingFolder(folder, Path.GetFileName(markers[0])[..^Marker.Length], sets);
        return File.Exists(found.PathOf("train.inter"))
            ? found
            : throw new UserErrorException($"'{folder}' lacks {found._name}.train.inter, which the pre-training form needs; fetch the whole folder.");
    }

    /// <summary>Feature files of a data set that are present, each with the modality that it holds.</summary>
    public IReadOnlyList<(string Modality, string Path)> FeatureFiles(int dataSet) =>
        [.. new[] { ("text", OfSet(dataSet, "feat1CLS")), ("image", OfSet(dataSet, "feat3CLS")) }.Where(f => File.Exists(f.Item2))];

    /// <summary>Reads every data set as a domain.</summary>
    /// <param name="names">Names of the domains, one a data set.</param>
    /// <exception cref="UserErrorException">A file does not have the form, or the rows contradict each other.</exception>
    public IReadOnlyList<ImportedDomain> Read(IReadOnlyList<string> names)
    {
        var items = new TokenIndex("item", DataSets.Count);
        var rows = new Dictionary<string, List<PrefixRow>>(StringComparer.Ordinal);
        foreach (var (ending, part) in new[] { ("train.inter", SplitPart.Train), ("valid.inter", SplitPart.Validation), ("test.inter", SplitPart.Test) })
        {
            if (File.Exists(PathOf(ending)))
                PrefixFile.Read(PathOf(ending), (user, history, target, line) => Add(rows, user, new(part, (int)line, [.. history.Select(token => items.Of(token, PathOf(ending), line))], items.Of(target, PathOf(ending), line))));
        }

        string[][] ids = [.. Enumerable.Range(0, DataSets.Count).Select(d => ItemIds(d, items.LargestOf(d) + 1))];
        var tables = DataSets.Select(_ => new InteractionTable()).ToArray();
        var rebuilder = new SequenceRebuilder(rows.Values.SelectMany(r => r).Select(row => row.History.Length).DefaultIfEmpty(0).Max());
        foreach (var (user, ofUser) in rows)
        {
            var (sequence, split, contradiction) = rebuilder.Rebuild(ofUser);
            if (contradiction is not null)
                throw UniSRecImporter.Contradicts(PathOf, user, contradiction);
            for (int position = 0; position < sequence.Count; position++)
            {
                var (set, index) = items.At(sequence[position]);
                tables[set].Add(user, ids[set][index], position, 1f, split[position]);
            }
        }

        return [.. DataSets.Select((_, d) => new ImportedDomain(names[d], Items(d, names[d], ids[d]), tables[d]))];
    }

    private static void Add(Dictionary<string, List<PrefixRow>> rows, string user, PrefixRow row)
    {
        if (!rows.TryGetValue(user, out var ofUser))
            rows.Add(user, ofUser = []);
        ofUser.Add(row);
    }

    private Item[] Items(int dataSet, string domain, string[] ids)
    {
        string path = OfSet(dataSet, "text");
        var texts = File.Exists(path) ? UniSRecImporter.ReadTexts(path) : [];
        return [.. ids.Select(id => new Item { Domain = domain, ItemId = id, Title = texts.GetValueOrDefault(id, "") })];
    }

    /// <summary>Ids by index: those of .item2index where it is there, else the indices; of so many as texts or published features tell.</summary>
    private string[] ItemIds(int dataSet, int least)
    {
        string index = OfSet(dataSet, "item2index"), text = OfSet(dataSet, "text"), features = OfSet(dataSet, "feat1CLS");
        string[]? known = File.Exists(index) ? IndexFile.Read(index) : null;
        long count = known?.Length
            ?? (File.Exists(text) ? UniSRecImporter.ReadTexts(text).Count
            : File.Exists(features) && new FileInfo(features).Length % (PublishedWidth * sizeof(float)) == 0 ? new FileInfo(features).Length / (PublishedWidth * sizeof(float))
            : least);
        if (count < least)
            throw new UserErrorException($"'{_folder}' has {count:N0} items of '{DataSets[dataSet]}' by its {(known is not null ? "item2index" : File.Exists(text) ? "text" : "features")}, but the events name item {dataSet}-{least - 1}; fetch files of one version.");
        return known ?? [.. Enumerable.Range(0, (int)count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
    }

    private string PathOf(string ending) => Path.Combine(_folder, $"{_name}.{ending}");

    private string OfSet(int dataSet, string ending) => Path.Combine(_folder, $"{DataSets[dataSet]}.{ending}");

    /// <summary>Numbers for tokens such as 2-17, item 17 of data set 2.</summary>
    private sealed class TokenIndex(string what, int sets)
    {
        private readonly Dictionary<(int Set, int Index), int> _numbers = [];
        private readonly List<(int Set, int Index)> _tokens = [];

        public (int Set, int Index) At(int number) => _tokens[number];

        public int LargestOf(int set) => _tokens.Where(token => token.Set == set).Select(token => token.Index).DefaultIfEmpty(-1).Max();

        public int Of(string token, string path, long line)
        {
            int hyphen = token.IndexOf('-', StringComparison.Ordinal);
            if (hyphen < 0 || !int.TryParse(token.AsSpan(0, hyphen), NumberStyles.None, CultureInfo.InvariantCulture, out int set) || set >= sets
                || !int.TryParse(token.AsSpan(hyphen + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
            {
                throw new UserErrorException($"{path}, line {line} names {what} '{Excerpt.Of(token)}', but a data set from 0 to {sets - 1}, a hyphen and an index were expected; fetch the file again.");
            }

            if (!_numbers.TryGetValue((set, index), out int number))
            {
                number = _tokens.Count;
                _numbers.Add((set, index), number);
                _tokens.Add((set, index));
            }

            return number;
        }
    }
}
