using System.Runtime.InteropServices;
using UniM2Rec.Storage;

namespace UniM2Rec.Catalogue;

/// <summary>
/// Finds the hashes that more than one row's item id has, in memory that does not grow with the table: hashes go to a temporary file
/// (8 bytes a row), and are compared a share of their range at a time.
/// </summary>
internal static class SuspectIds
{
    /// <summary>Tables shorter than this, in bytes, are cheaper to check while they are read, by keeping their ids.</summary>
    public const long LargeTable = 16 << 20;

    private const int HashesAtOnce = 1 << 19;

    /// <param name="folder">the catalogue's</param>
    /// <param name="domain">domain of the table</param>
    /// <param name="hashesAtOnce">hashes that are held in memory</param>
    /// <returns>hashes (<see cref="IdHash"/>) of every id that is there twice, and of few others</returns>
    /// <exception cref="Diagnostics.UserErrorException">items.csv is missing, unreadable or has no item_id</exception>
    public static HashSet<ulong> Find(string folder, string domain, int hashesAtOnce = HashesAtOnce)
    {
        using var hashes = new Spool();
        using (var rejects = new RejectLog(csvPath: null))
        using (var table = new CsvTable(CatalogueLayout.Items(folder, domain), domain, rejects, sharesStrings: false))
        {
            int id = table.Require("item_id");
            while (table.Read())
            {
                ulong hash = IdHash.Append(IdHash.Start, table.Span(id));
                hashes.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in hash)));
            }
        }
        return Repeated(hashes, hashesAtOnce);
    }

    private static HashSet<ulong> Repeated(Spool hashes, int hashesAtOnce)
    {
        var repeated = new HashSet<ulong>();
        uint shares = (uint)(hashes.Length / sizeof(ulong) / hashesAtOnce) + 1;
        var met = new HashSet<ulong>((int)Math.Min(hashes.Length / sizeof(ulong), hashesAtOnce + hashesAtOnce / 8));
        ulong[] piece = new ulong[1 << 13];
        for (uint share = 0; share < shares; share++)
        {
            met.Clear();
            for (long position = 0; position < hashes.Length;)
            {
                int count = (int)Math.Min(piece.Length, (hashes.Length - position) / sizeof(ulong));
                hashes.ReadAt(position, MemoryMarshal.AsBytes(piece.AsSpan(0, count)));
                foreach (ulong hash in piece.AsSpan(0, count))
                {
                    if (IdHash.Spread(hash) % shares == share && !met.Add(hash))
                        repeated.Add(hash);
                }
                position += (long)count * sizeof(ulong);
            }
        }
        return repeated;
    }
}
