using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using UniM2Rec.Models.Onnx;

namespace UniM2Rec.Models.Encoders;

/// <summary>A folder that holds one encoder: encoder.json, the ONNX model (with external data where it has any) and the vocabulary.</summary>
public sealed class EncoderFolder
{
    /// <summary>Name of the description inside the folder.</summary>
    public const string ConfigFile = "encoder.json";

    /// <summary>Name of the model where encoder.json says nothing else.</summary>
    public const string DefaultModelFile = "model.onnx";

    private EncoderFolder(string folder, EncoderConfig config)
    {
        Folder = folder;
        Config = config;
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Folder { get; }

    /// <summary>What encoder.json says, checked.</summary>
    public EncoderConfig Config { get; }

    /// <summary>Absolute path of encoder.json.</summary>
    public string ConfigPath => Path.Combine(Folder, ConfigFile);

    /// <summary>Absolute path of the model.</summary>
    public string ModelPath => Path.Combine(Folder, Config.Model);

    /// <summary>Absolute path of the vocabulary, or null where there is none.</summary>
    public string? VocabularyPath => PartPath(Config.Tokenizer?.Vocabulary);

    /// <summary>Absolute path of the merges, or null where there are none.</summary>
    public string? MergesPath => PartPath(Config.Tokenizer?.Merges);

    /// <summary>Name of the modality in the feature store: text, image or cross.</summary>
    public string ModalityName => Config.Modality.ToString().ToLowerInvariant();

    /// <summary>Reads and checks a folder; every file that encoder.json names must be there.</summary>
    /// <exception cref="UserErrorException">The folder, encoder.json or a file that it names is missing, or a value is wrong.</exception>
    public static EncoderFolder Open(string folder)
    {
        string absolute = Path.GetFullPath(folder);
        string configPath = Path.Combine(absolute, ConfigFile);
        if (!Directory.Exists(absolute))
            throw new UserErrorException($"encoder folder '{folder}' does not exist; give a folder that holds {ConfigFile} and a model.");
        if (!File.Exists(configPath))
            throw new UserErrorException($"'{folder}' holds no {ConfigFile}; make one with 'unim2rec-extract encoders add', or choose another folder.");

        var config = JsonConfig.Load<EncoderConfig>(configPath, []);
        EncoderConfigChecks.Check(config, configPath);
        var encoder = new EncoderFolder(absolute, config);
        foreach (var (part, path) in new[] { ("model", encoder.ModelPath), ("tokenizer.vocabulary", encoder.VocabularyPath), ("tokenizer.merges", encoder.MergesPath) })
        {
            if (path is not null)
                RegularFile.Require(path);
            if (path is not null && !File.Exists(path))
                throw new UserErrorException($"{configPath} names '{Path.GetFileName(path)}' as {part}, but that file is missing; put it into the folder or correct the name.");
        }

        foreach (string? vocabulary in new[] { encoder.VocabularyPath, encoder.MergesPath })
        {
            if (vocabulary is not null)
                EncoderLimits.CheckVocabulary(vocabulary);
        }

        return encoder;
    }

    /// <summary>Opens a folder that this program has made and may make again; null where there is none, or it can't be read, as after a full disk.</summary>
    public static EncoderFolder? OpenIfReadable(string folder)
    {
        try
        {
            var encoder = Open(folder);
            encoder.RequireExternalFiles();
            // Of no bytes, a model reads as one without weights.
            return new FileInfo(encoder.ModelPath).Length > 0 ? encoder : null;
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    /// <summary>Checks a description and writes it into a folder, which is made where it does not exist.</summary>
    /// <exception cref="UserErrorException">A value is wrong.</exception>
    public static void WriteConfig(string folder, EncoderConfig config, IStorage? storage = null)
    {
        string path = Path.Combine(folder, ConfigFile);
        EncoderConfigChecks.Check(config, path);
        Directory.CreateDirectory(folder);
        AtomicFile.WriteText(path, JsonConfig.Serialize(config).ReplaceLineEndings("\n").TrimEnd() + "\n", storage);
    }

    /// <summary>
    /// SHA-256, in lower-case hexadecimals, over config, model, the model's external data, vocabulary and merges: any changed byte of any of
    /// them gives another fingerprint. Files are streamed.
    /// </summary>
    /// <exception cref="UserErrorException">A file of the model's external data is missing.</exception>
    public string Fingerprint(CancellationToken cancellation = default) => EncoderFingerprint.Compute(this, cancellation);

    /// <summary>Looks whether the files of external data that the model names are there, before anything opens them.</summary>
    /// <exception cref="UserErrorException">One is missing, or is no regular file.</exception>
    public void RequireExternalFiles() => EncoderFingerprint.ExternalFiles(this);

    private string? PartPath(string? file) => string.IsNullOrEmpty(file) ? null : Path.Combine(Folder, file);
}

/// <summary>Writes a whole encoder folder.</summary>
internal static class EncoderFolderWriter
{
    /// <summary>Writes model, further files and, last of all, encoder.json, so that a folder that was not finished is no encoder.</summary>
    public static EncoderFolder Write(
        string folder, EncoderConfig config, GraphBuilder graph, Action<string>? writeFurtherFiles = null, OnnxFile? file = null, CancellationToken cancellation = default)
    {
        EncoderConfigChecks.Check(config, Path.Combine(folder, EncoderFolder.ConfigFile));
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.Delete(Path.Combine(folder, EncoderFolder.ConfigFile), file?.Storage);
            foreach (string left in AtomicFile.Leftovers(folder, [EncoderFolder.ConfigFile, config.Model, config.Tokenizer?.Vocabulary ?? ""]))
                AtomicFile.Delete(left, file?.Storage);
            OnnxWriter.Write(graph, Path.Combine(folder, config.Model), file, cancellation);
            writeFurtherFiles?.Invoke(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"the encoder in '{folder}' can't be written ({failure.Message.TrimEnd('.')}); make room or mend the permission, then run the same command again.", failure);
        }

        EncoderFolder.WriteConfig(folder, config, file?.Storage);
        return EncoderFolder.Open(folder);
    }
}

/// <summary>One hash over every file that decides what an encoder answers.</summary>
internal static class EncoderFingerprint
{
    private const int BufferBytes = 1 << 20;

    public static string Compute(EncoderFolder encoder, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            foreach (var (part, path) in Parts(encoder))
                Append(hash, part, path, buffer, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<(string Part, string Path)> Parts(EncoderFolder encoder)
    {
        yield return ("config", encoder.ConfigPath);
        yield return ("model", encoder.ModelPath);
        foreach (var external in ExternalFiles(encoder))
            yield return external;
        if (encoder.VocabularyPath is not null)
            yield return ("vocabulary", encoder.VocabularyPath);
        if (encoder.MergesPath is not null)
            yield return ("merges", encoder.MergesPath);
    }

    public static (string Part, string Path)[] ExternalFiles(EncoderFolder encoder)
    {
        var files = ModelWeights.Scan(encoder.ModelPath).ExternalFiles.Select(location => (Part: "external:" + location, Path: Path.Combine(Path.GetDirectoryName(encoder.ModelPath)!, location))).ToArray();
        foreach (var (part, path) in files)
        {
            RegularFile.Require(path);
            if (!File.Exists(path))
                throw new UserErrorException($"{encoder.ModelPath} keeps weights in '{part["external:".Length..]}', but {path} is missing; put that file beside the model.");
        }

        return files;
    }

    /// <summary>Hashes the part's name and length before its bytes, so that no byte can move from one part into the next unseen.</summary>
    private static void Append(IncrementalHash hash, string part, string path, byte[] buffer, CancellationToken cancellation)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        hash.AppendData(Encoding.UTF8.GetBytes($"{part}\0{file.Length}\0"));
        int read;
        while ((read = file.Read(buffer, 0, BufferBytes)) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, read);
        }
    }
}
