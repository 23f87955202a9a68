using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>The files of one data set in the processed form of UniSRec and MISSRec: NAME.train.inter, NAME.text, NAME.item2index, ...</summary>
public sealed class ProcessedFolder
{
    private ProcessedFolder(string folder, string name)
    {
        Folder = folder;
        Name = name;
    }

    /// <summary>The folder, as given.</summary>
    public string Folder { get; }

    /// <summary>What all file names start with.</summary>
    public string Name { get; }

    /// <summary>Finds the one data set in a folder.</summary>
    /// <exception cref="UserErrorException">The folder is missing, holds no such data set or several, or lacks one of the needed files.</exception>
    public static ProcessedFolder Open(string folder)
    {
        const string marker = ".item2index";
        if (!Directory.Exists(folder))
            throw new UserErrorException($"folder '{folder}' does not exist; give the folder that holds NAME.train.inter, NAME.text and NAME.item2index.");
        var names = Directory.GetFiles(folder, "*" + marker).Select(f => Path.GetFileName(f)[..^marker.Length]).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
            throw new UserErrorException($"'{folder}' holds no NAME.item2index; give a folder in UniSRec's processed form, or choose another importer ('import --help').");
        if (names.Length > 1)
            throw new UserErrorException($"'{folder}' holds {names.Length} data sets ({string.Join(", ", names)}), but one was expected; move each into a folder of its own.");
        var found = new ProcessedFolder(folder, names[0]);
        var missing = new[] { "user2index", "train.inter", "valid.inter", "test.inter", "text" }.Where(e => !File.Exists(found.PathOf(e))).ToArray();
        if (missing.Length > 0)
            throw new UserErrorException($"'{folder}' lacks {string.Join(" and ", missing.Select(e => found.Name + "." + e))}, which the processed form needs; fetch the whole folder.");
        return found;
    }

    /// <summary>Path of one file by its ending, such as <c>train.inter</c>.</summary>
    public string PathOf(string ending) => Path.Combine(Folder, $"{Name}.{ending}");

    /// <summary>Feature files that are present, each with the modality that it holds (<c>.feat1CLS</c> text, <c>.feat3CLS</c> image).</summary>
    public IEnumerable<(string Modality, string Path)> FeatureFiles() =>
        new[] { ("text", PathOf("feat1CLS")), ("image", PathOf("feat3CLS")) }.Where(f => File.Exists(f.Item2));
}
