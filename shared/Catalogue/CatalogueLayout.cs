namespace UniM2Rec.Catalogue;

/// <summary>Every file name of a catalogue.</summary>
public static class CatalogueLayout
{
    /// <summary>Name, domains and pictures folder.</summary>
    public const string DatasetFile = "dataset.json";

    /// <summary>Default pictures folder of catalogues written here.</summary>
    public const string ImagesFolder = "images";

    /// <summary>Where rejected rows are listed, in the folder of the run.</summary>
    public const string RejectsFile = "rejects.csv";

    /// <summary>Item table of a domain.</summary>
    public static string Items(string folder, string domain) => Path.Combine(folder, domain, "items.csv");

    /// <summary>Events of a domain.</summary>
    public static string Interactions(string folder, string domain) => Path.Combine(folder, domain, "interactions.csv");
}
