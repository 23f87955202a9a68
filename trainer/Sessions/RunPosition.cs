using System.Globalization;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>Where a run stands between two steps.</summary>
/// <param name="Epoch">Epoch under way, from 0.</param>
/// <param name="Step">Steps of that epoch that are done.</param>
/// <param name="TotalSteps">Optimiser steps since the start.</param>
/// <param name="BestEpoch">Epoch with the best validation figure, or -1.</param>
/// <param name="BestFigure">That figure.</param>
public sealed record RunPosition(int Epoch, int Step, long TotalSteps, int BestEpoch, double BestFigure)
{
    /// <summary>Before the first step.</summary>
    public static RunPosition Start => new(0, 0, 0, -1, double.NegativeInfinity);

    /// <summary>Of the steps of the epoch under way: the sum of loss · targets.</summary>
    public double LossSum { get; init; }

    /// <summary>Of the same steps: their targets.</summary>
    public long Targets { get; init; }

    /// <summary>Of the same steps: how long they took.</summary>
    public double Seconds { get; init; }

    /// <summary>The lines of <c>metrics.jsonl</c>, one for each epoch that is done; null where the checkpoint is from before it kept them.</summary>
    public IReadOnlyList<string>? Metrics { get; init; } = [];

    /// <summary>The mean loss of the epoch under way.</summary>
    public double Loss => LossSum / Math.Max(1, Targets);

    /// <summary>Whether another epoch follows.</summary>
    public bool GoesOn(Configuration.TrainingConfig training) => Epoch < training.Epochs && (BestEpoch < 0 || Epoch - BestEpoch <= training.Patience);

    /// <summary>After another step.</summary>
    public RunPosition Next(double loss, int targets) =>
        this with { Step = Step + 1, TotalSteps = TotalSteps + 1, LossSum = LossSum + (loss * targets), Targets = Targets + targets };

    /// <summary>After the epoch.</summary>
    /// <param name="metrics">What <c>metrics.jsonl</c> says about it.</param>
    public RunPosition NextEpoch(string metrics) =>
        this with { Epoch = Epoch + 1, Step = 0, LossSum = 0, Targets = 0, Seconds = 0, Metrics = [.. Metrics ?? [], metrics] };

    /// <summary>As a checkpoint keeps it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Notes()
    {
        yield return new("epoch", Text(Epoch));
        yield return new("step", Text(Step));
        yield return new("totalSteps", Text(TotalSteps));
        yield return new("bestEpoch", Text(BestEpoch));
        yield return new("bestFigure", Text(BestFigure));
        yield return new("lossSum", Text(LossSum));
        yield return new("targets", Text(Targets));
        yield return new("seconds", Text(Seconds));
        if (Metrics is not null) yield return new("metrics", string.Join('\n', Metrics));
    }

    /// <summary>Reads what <see cref="Notes"/> gave.</summary>
    /// <exception cref="UserErrorException">The file has no such notes.</exception>
    public static RunPosition Read(CheckpointFile file)
    {
        var position = new RunPosition(Whole("epoch", least: 0), Whole("step", least: 0), Long("totalSteps"), Whole("bestEpoch", least: -1), Real("bestFigure"));
        if (file.IsOlder) return position with { Metrics = null };
        return position with
        {
            LossSum = Real("lossSum"),
            Targets = Long("targets"),
            Seconds = Real("seconds"),
            Metrics = file["metrics"] is { } lines ? lines.Split('\n', StringSplitOptions.RemoveEmptyEntries) : null,
        };

        int Whole(string key, int least) => int.TryParse(file[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= least ? number : throw Not(key);
        long Long(string key) => long.TryParse(file[key], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : throw Not(key);
        double Real(string key) => double.TryParse(file[key], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw Not(key);
        UserErrorException Not(string key) => new(file[key] is { } text
            ? $"The checkpoint {file.Path} says '{text}' as its '{key}', which is no number that can stand there; it is damaged."
            : $"The checkpoint {file.Path} has no '{key}' among its notes, so it is not one of a run; it is damaged or of another kind.");
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
