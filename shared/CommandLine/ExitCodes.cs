namespace UniM2Rec.CommandLine;

/// <summary>Exit codes of both programs.</summary>
public static class ExitCodes
{
    /// <summary>Everything that was asked for is done.</summary>
    public const int Done = 0;

    /// <summary>The run failed; the message says why.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong; nothing was begun.</summary>
    public const int WrongUsage = 2;

    /// <summary>Done, but some items or rows were skipped and are listed.</summary>
    public const int DoneWithSkippedItems = 3;

    /// <summary>Stopped by the user.</summary>
    public const int Stopped = 130;

    /// <summary>All of them, as help shows them.</summary>
    internal const string InWords = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with skipped items,\n            130 stopped by Ctrl-C.";
}
