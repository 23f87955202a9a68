using System.Text;

namespace UniM2Rec.Models.Pretrained;

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
            foreach (var fact in new[] { "authors", "copyright", "projectUrl", "repository" })
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
