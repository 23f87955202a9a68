namespace UniM2Rec.Diagnostics;

/// <summary>
/// An error that the user can mend. The message is one sentence: what was found, where, what was expected, what to do.
/// Programs print it without a stack trace and leave with <see cref="ExitCodes.Failed"/>.
/// </summary>
public sealed class UserErrorException(string message, Exception? inner = null) : Exception(message, inner);
