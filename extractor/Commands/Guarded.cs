using UniM2Rec.Diagnostics;

namespace UniM2Rec.Extractor.Commands;

/// <summary>Turns exceptions into one sentence and an exit code.</summary>
internal static class Guarded
{
    public static int Run(Func<int> action, TextWriter errors)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (Flatten(failure) is { } known)
        {
            errors.WriteLine(known is OperationCanceledException
                ? "stopped; what was finished is kept, and the same command goes on from there"
                : $"error: {known.Message}");
            return ExitCodes.Failed;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"error: {failure.Message}");
            return ExitCodes.Failed;
        }
    }

    /// <summary>The user's error or cancellation inside an exception that parallel code may have wrapped.</summary>
    private static Exception? Flatten(Exception failure) => failure switch
    {
        UserErrorException or OperationCanceledException => failure,
        AggregateException many => many.Flatten().InnerExceptions.Select(Flatten).FirstOrDefault(inner => inner is UserErrorException)
            ?? many.Flatten().InnerExceptions.Select(Flatten).FirstOrDefault(inner => inner is not null),
        _ => null,
    };
}
