using Spectre.Console;
using Spectre.Console.Rendering;

namespace UniM2Rec.Diagnostics;

/// <summary>Units a second.</summary>
internal sealed class RateColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime)
    {
        double? speed = task.Speed ?? (task.ElapsedTime is { TotalSeconds: > 0 } elapsed ? task.Value / elapsed.TotalSeconds : null);
        return new Text(speed is { } known ? $"{ProgressText.Rate(known)} {task.State.Get<UnitName>(UnitName.Key).Plural}/s" : "");
    }
}
