using UniM2Rec.Trainer.Configuration;

namespace UniM2Rec.Trainer.Reporting;

/// <summary>The models' names as their papers write them.</summary>
public static class ModelNames
{
    public static string Of(ModelKind kind) => kind switch
    {
        ModelKind.Unim2rec => "UniM2Rec",
        ModelKind.Unisrec => "UniSRec",
        ModelKind.Sasrec => "SASRec",
        ModelKind.Missrec => "MISSRec",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such model"),
    };
}
