using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace UniM2Rec.Diagnostics;

/// <summary>Units done, and of how many where that is known.</summary>
internal sealed class CountColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        string done = task.Value.ToString("N0", CultureInfo.InvariantCulture);
        return new Text(task.IsIndeterminate ? done : $"{done}/{task.MaxValue.ToString("N0", CultureInfo.InvariantCulture)}");
    }
}
