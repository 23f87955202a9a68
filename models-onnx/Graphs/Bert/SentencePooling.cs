namespace UniM2Rec.Models.Graphs.Bert;

/// <summary>How the positions' states become one vector a text.</summary>
public enum SentencePooling
{
    /// <summary>The first position's state.</summary>
    Cls,

    /// <summary>The mean over the positions of the text.</summary>
    Mean,

    /// <summary>The largest value over the positions of the text.</summary>
    Max,

    /// <summary>tanh of a linear layer over the first position's state, which the checkpoint brings.</summary>
    Pooler,
}
