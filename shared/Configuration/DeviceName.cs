using System.Globalization;

namespace UniM2Rec.Configuration;

/// <summary>A device as both programs name it: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:n</c>.</summary>
/// <param name="IsAuto">Whether the program is to choose.</param>
/// <param name="IsCuda">Whether it is an NVIDIA GPU.</param>
/// <param name="Index">Number of the GPU, from 0; 0 for the others.</param>
public readonly record struct DeviceName(bool IsAuto, bool IsCuda, int Index)
{
    /// <exception cref="UserErrorException">Another text.</exception>
    public static DeviceName Parse(string text)
    {
        if (text is "auto" or "cpu" or "cuda") return new DeviceName(text == "auto", text == "cuda", 0);
        const string numbered = "cuda:";
        return text.StartsWith(numbered, StringComparison.Ordinal) && int.TryParse(text.AsSpan(numbered.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? new DeviceName(false, true, index)
            : throw UserErrorException.Usage($"the device '{text}' is unknown; expected auto, cpu, cuda or cuda:n.");
    }
}
