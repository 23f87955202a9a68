using UniM2Rec.Catalogue;

namespace UniM2Rec.Extractor.Importing.UniSRec;

/// <summary>One line of a <c>.train/.valid/.test.inter</c> file: a user's history (item indices, oldest first) and the item that follows it.</summary>
/// <param name="Part">The file that the line is from.</param>
/// <param name="Line">Its number in that file, from 1.</param>
/// <param name="History">Item indices, at most as many as the publisher's cap.</param>
/// <param name="Target">The item that follows the history.</param>
public sealed record PrefixRow(SplitPart Part, int Line, int[] History, int Target);
