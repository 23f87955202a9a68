using System.Globalization;
using CsvHelper;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>The rank of each user's target as CSV (<c>user_id,rank</c>), so that two runs can be compared on the same users.</summary>
public static class RankFile
{
    public static void Save(string path, IReadOnlyList<string> users, int[] ranks) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        using var csv = new CsvWriter(writer, CultureInfo.InvariantCulture, leaveOpen: true);
        csv.WriteField("user_id");
        csv.WriteField("rank");
        csv.NextRecord();
        for (int i = 0; i < ranks.Length; i++)
        {
            csv.WriteField(users[i]);
            csv.WriteField(ranks[i]);
            csv.NextRecord();
        }
    });

    /// <exception cref="UserErrorException">The file is missing.</exception>
    public static IReadOnlyDictionary<string, int> Load(string path)
    {
        if (!File.Exists(path)) throw new UserErrorException($"The ranks {path} do not exist; run unim2rec-train evaluate --run {Path.GetDirectoryName(path)} first.");
        using var reader = new StreamReader(path);
        using var csv = new CsvReader(reader, CultureInfo.InvariantCulture);
        csv.Read();
        csv.ReadHeader();
        var ranks = new Dictionary<string, int>();
        while (csv.Read()) ranks[csv.GetField("user_id")!] = csv.GetField<int>("rank");
        return ranks;
    }
}
