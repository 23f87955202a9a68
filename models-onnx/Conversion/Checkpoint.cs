using System.Text.Json;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Conversion;

/// <summary>
/// The weights of a Hugging Face folder: model.safetensors, or the several files that model.safetensors.index.json lists. They stay
/// memory-mapped until disposal.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private const string SingleFile = "model.safetensors";
    private const string IndexFile = "model.safetensors.index.json";
    private readonly List<SafeTensorsFile> _files;
    private readonly Dictionary<string, SafeTensorsFile> _owner = [];

    private Checkpoint(string folder, IEnumerable<string> paths)
    {
        Folder = folder;
        _files = [];
        try
        {
            foreach (string path in paths)
            {
                _files.Add(SafeTensorsFile.Open(path));
                foreach (string name in _files[^1].Names)
                    _owner[name] = _files[^1];
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The folder that the weights come from.</summary>
    public string Folder { get; }

    /// <summary>Names of all weights.</summary>
    public IReadOnlyCollection<string> Names => _owner.Keys;

    /// <summary>Opens the weights of a folder.</summary>
    /// <exception cref="UserErrorException">There are none in safetensors form, or a file is malformed.</exception>
    public static Checkpoint Open(string folder)
    {
        string single = Path.Combine(folder, SingleFile);
        string index = Path.Combine(folder, IndexFile);
        if (File.Exists(single))
            return new Checkpoint(folder, [single]);
        if (File.Exists(index))
            return new Checkpoint(folder, FilesOf(index).Select(file => Path.Combine(folder, file)));
        string? pickled = Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.bin").Concat(Directory.EnumerateFiles(folder, "*.pth")).FirstOrDefault() : null;
        throw new UserErrorException(pickled is null
            ? $"'{folder}' holds no {SingleFile}; download it from the model's page into that folder."
            : $"'{folder}' holds {Path.GetFileName(pickled)} but no {SingleFile}; download the safetensors form, or convert that file once as docs/ENCODERS.md shows.");
    }

    /// <summary>
    /// The stored name of a weight, or null. Old checkpoints call a normalisation's weight and bias gamma and beta; both are found.
    /// </summary>
    public string? Find(string name)
    {
        if (_owner.ContainsKey(name))
            return name;
        string old = name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] + ".gamma"
            : name.EndsWith(".bias", StringComparison.Ordinal) ? name[..^".bias".Length] + ".beta"
            : name;
        return _owner.ContainsKey(old) ? old : null;
    }

    /// <summary>Whether a weight is there.</summary>
    public bool Contains(string name) => Find(name) is not null;

    /// <summary>The first of several prefixes under which a weight is found.</summary>
    /// <exception cref="UserErrorException">None of them.</exception>
    public string Prefix(string name, params string[] prefixes) =>
        prefixes.FirstOrDefault(prefix => Contains(prefix + name)) ?? throw Missing(name);

    /// <summary>Lengths of a weight's axes.</summary>
    /// <exception cref="UserErrorException">There is no such weight.</exception>
    public IReadOnlyList<long> Shape(string name)
    {
        var (file, stored) = Owner(name);
        return file.Entry(stored).Shape;
    }

    /// <summary>All numbers of a weight in row-major order.</summary>
    /// <exception cref="UserErrorException">There is no such weight.</exception>
    public float[] Read(string name)
    {
        var (file, stored) = Owner(name);
        return file.ReadSingles(stored);
    }

    /// <summary>Some numbers of a weight, from one place on.</summary>
    /// <exception cref="UserErrorException">There is no such weight.</exception>
    public void Read(string name, long first, Span<float> destination)
    {
        var (file, stored) = Owner(name);
        file.CopyTo(stored, first, destination);
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private (SafeTensorsFile File, string Name) Owner(string name) =>
        Find(name) is { } stored ? (_owner[stored], stored) : throw Missing(name);

    private UserErrorException Missing(string name) =>
        new($"the weights in '{Folder}' hold no '{name}'"
            + (NearestName.Find(name, _owner.Keys) is { } near ? $" (the nearest name is '{near}')" : "")
            + "; the folder must hold the kind of model that its config.json says.");

    private static IEnumerable<string> FilesOf(string index)
    {
        var map = ConfigReader.Open(index).Section("weight_map");
        string[] files = [.. map.Entries.Select(entry => entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString()! : "").Distinct().Order(StringComparer.Ordinal)];
        // Weights lie beside their list, wherever the list says that they are.
        return files.FirstOrDefault(file => file.Length == 0 || Path.GetFileName(file) != file) is { } outside
            ? throw new UserErrorException($"{index} names '{Excerpt.Of(outside)}', which is no file beside it; download it again.")
            : files;
    }
}
