using System.Text;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Importing;

/// <summary>Writes sequences in UniSRec's processed form, with histories capped.</summary>
internal static class PublishedForm
{
    public const string Name = "Shop";

    public static void Write(TemporaryFolder folder, int[][] sequences, int items, int cap)
    {
        const string header = "user_id:token\titem_id_list:token_seq\titem_id:token\n";
        var (train, valid, test) = (new StringBuilder(header), new StringBuilder(header), new StringBuilder(header));
        for (int user = 0; user < sequences.Length; user++)
        {
            int[] all = sequences[user];
            for (int end = all.Length - 1; end >= 1; end--)
            {
                var target = end == all.Length - 1 ? test : end == all.Length - 2 ? valid : train;
                int[] history = all[Math.Max(0, end - cap)..end];
                target.Append(user).Append('\t').AppendJoin(' ', history).Append('\t').Append(all[end]).Append('\n');
            }
        }

        folder.Write($"{Name}.train.inter", train.ToString());
        folder.Write($"{Name}.valid.inter", valid.ToString());
        folder.Write($"{Name}.test.inter", test.ToString());
        folder.Write($"{Name}.item2index", string.Concat(Enumerable.Range(0, items).Select(i => $"item{i}\t{i}\n")));
        folder.Write($"{Name}.user2index", string.Concat(Enumerable.Range(0, sequences.Length).Select(u => $"user{u}\t{u}\n")));
        folder.Write($"{Name}.text", "item_id:token\ttext:token_seq\n" + string.Concat(Enumerable.Range(0, items).Reverse().Select(i => $"item{i}\tA \"{i}\"-inch, blue tile. Tiles. \n")));
    }
}
