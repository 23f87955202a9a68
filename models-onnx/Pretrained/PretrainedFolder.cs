using System.Text;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Models.Pretrained;

/// <summary>Makes the folder of a pre-trained encoder: whole or not at all, and never over another one.</summary>
public static class PretrainedFolder
{
    /// <summary>Makes a folder.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="folder">The folder.</param>
    /// <param name="packages">Where its files come from.</param>
    /// <param name="progress">Shows what is done.</param>
    /// <param name="cancellation">Leaves; nothing stays behind.</param>
    /// <returns>Whether it was made; false where the same was there already.</returns>
    /// <exception cref="UserErrorException">A package or a file in it can't be used, or the folder holds something else.</exception>
    public static bool Make(PretrainedEncoder encoder, string folder, PackageFiles packages, IProgressSink progress, CancellationToken cancellation)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string parent = Path.GetDirectoryName(target) ?? throw new UserErrorException($"'{folder}' is no folder for an encoder; give one such as models-onnx/{encoder.Name}.");
        Directory.CreateDirectory(parent);
        string temporary = Path.Combine(parent, $".{Path.GetFileName(target)}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(temporary);
        try
        {
            Fill(temporary, encoder, packages, progress, cancellation);
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            {
                ThrowIfOther(temporary, target, encoder);
                return false;
            }

            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(temporary, target);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"'{folder}' can't be written ({failure.Message.TrimEnd('.')}); free some space or give another folder.", failure);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static void Fill(string folder, PretrainedEncoder encoder, PackageFiles packages, IProgressSink progress, CancellationToken cancellation)
    {
        // Nothing of the folder, not even encoder.json, is to be committed by accident.
        File.WriteAllText(Path.Combine(folder, ".gitignore"), "*\n");
        using var task = progress.Start(encoder.Name, encoder.Files.Count + 1, "files");
        var archives = encoder.Packages.Select(package => (package, packages.Open(package, note => task.Describe($"{encoder.Name}: {note}"), cancellation))).ToArray();
        var contents = new List<byte[]>();
        foreach (var file in encoder.Files)
        {
            cancellation.ThrowIfCancellationRequested();
            task.Describe($"{encoder.Name}: reading {file.Package}");
            contents.Add(archives.First(a => a.package == file.Package).Item2.Read(file));
            task.Advance();
        }

        task.Describe($"{encoder.Name}: writing the encoder");
        encoder.Write(contents, folder);
        File.WriteAllText(Path.Combine(folder, LicenseNote.FileName), LicenseNote.Of(encoder, archives));
        EncoderFolder.WriteConfig(folder, encoder.Config);
        cancellation.ThrowIfCancellationRequested();
        task.Advance();
        task.Describe(encoder.Name);
    }

    /// <summary>Files that are there beside the encoder's own do no harm.</summary>
    private static void ThrowIfOther(string made, string target, PretrainedEncoder encoder)
    {
        string packages = string.Join(" and ", encoder.Packages);
        foreach (string file in Directory.GetFiles(made))
        {
            string present = Path.Combine(target, Path.GetFileName(file));
            if (!File.Exists(present) || !SameBytes(file, present))
                throw new UserErrorException($"'{target}' is there already, and its {Path.GetFileName(file)} is not that of '{encoder.Name}' ({packages}); give another folder by --out, or remove this one first.");
        }
    }

    private static bool SameBytes(string a, string b)
    {
        using var first = File.OpenRead(a);
        using var second = File.OpenRead(b);
        if (first.Length != second.Length)
            return false;
        var (left, right) = (new byte[1 << 16], new byte[1 << 16]);
        int read;
        while ((read = first.ReadAtLeast(left, left.Length, throwOnEndOfStream: false)) > 0)
        {
            second.ReadExactly(right, 0, read);
            if (!left.AsSpan(0, read).SequenceEqual(right.AsSpan(0, read)))
                return false;
        }

        return true;
    }
}

/// <summary>What lies beside a pre-trained model: where it comes from, and under which licence.</summary>
internal static class LicenseNote
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "LICENSE.txt";

    /// <summary>The facts that the packages give about themselves.</summary>
    public static string Of(PretrainedEncoder encoder, IEnumerable<(EncoderPackage Package, PackageArchive Archive)> packages)
    {
        var note = new StringBuilder($"The encoder '{encoder.Name}' was made of files of the NuGet packages below; what is said of them is what they say themselves.\n");
        foreach (var (package, archive) in packages)
        {
            note.Append('\n').Append(package).Append('\n');
            Append("model", package.Upstream);
            Append("licence", string.Join(", ", new[] { archive.Fact("license"), archive.Fact("licenseUrl") }.Where(fact => fact is not null)));
            foreach (string? fact in new[] { "authors", "copyright", "projectUrl", "repository" })
                Append(fact, archive.Fact(fact));
        }

        return note.ToString();

        void Append(string name, string? fact)
        {
            if (!string.IsNullOrEmpty(fact))
                note.Append("  ").Append(name).Append(": ").Append(fact.ReplaceLineEndings(" ")).Append('\n');
        }
    }
}
