using System.Globalization;
using CsvHelper;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The rank of each user's target as CSV (<c>user_id,rank</c>), so that two runs can be compared on the same users.</summary>
public static class RankFile
{
    public static void Save(string path, IReadOnlyList<string> users, double[] ranks) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        CsvText.WriteRow(writer, "user_id", "rank");
        for (int i = 0; i < ranks.Length; i++) CsvText.WriteRow(writer, users[i], ranks[i].ToString(CultureInfo.InvariantCulture));
    });

    /// <exception cref="UserErrorException">The file is missing.</exception>
    public static IReadOnlyDictionary<string, double> Load(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException($"The ranks {path} do not exist; run unim2rec-train evaluate --run {Path.GetDirectoryName(path)} first.");
        using var csv = CsvReader.FromFile(path, new CsvReaderOptions { Separator = ',', FormatProvider = CultureInfo.InvariantCulture });
        csv.ReadHeader();
        var ranks = new Dictionary<string, double>();
        while (csv.Read()) ranks[csv.GetString(0)] = double.Parse(csv.GetString(1), CultureInfo.InvariantCulture);
        return ranks;
    }
}
