using System.Diagnostics.CodeAnalysis;
using UniM2Rec.Diagnostics;

namespace UniM2Rec.Storage;

/// <summary>The messages about reading and writing files.</summary>
internal static class StorageErrors
{
    [DoesNotReturn]
    public static void CannotWrite(string path, Exception failure) => throw new UserErrorException(
        $"'{path}' could not be written ({failure.Message}); what was complete before is kept: " +
        "make room or mend the permission, then run the same command again.", failure);

    [DoesNotReturn]
    public static void CannotRead(string path, Exception failure) => throw new UserErrorException(
        $"'{path}' could not be read ({failure.Message}); expected a readable file: mend it or its permission.", failure);

    [DoesNotReturn]
    public static void MissingFile(string path, string whatItIs) => throw new UserErrorException(
        $"'{path}' does not exist; expected {whatItIs}: check the path.");
}
