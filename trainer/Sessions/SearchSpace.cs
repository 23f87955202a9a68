using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>What a search draws its trials from.</summary>
/// <param name="tune">The search.</param>
/// <param name="configure">Makes a configuration of drawn settings.</param>
internal sealed class SearchSpace(TuneConfig tune, Func<IReadOnlyList<string>, RunConfig> configure)
{
    private const int MostAttempts = 1000;

    /// <summary>What trials would not be comparable with, or what the search itself decides.</summary>
    private static readonly string[] Fixed =
    [
        "data.dataset", "data.features", "data.targets", "data.holdOut", "data.coldItems", "data.targetEvents", "data.sameTime", "evaluation.", "training.epochs", "training.watch",
        "training.validationUsers", "training.seed", "training.threads", "training.device",
    ];

    /// <summary>The settings of each trial, and its configuration. What a trial is depends on the seed and the trials before it, so that more trials begin with the same ones.</summary>
    /// <exception cref="UserErrorException">A key or a range is wrong, or the ranges have fewer values than there are trials.</exception>
    public IReadOnlyList<(IReadOnlyList<string> Settings, RunConfig Config)> Draw()
    {
        foreach (string key in tune.Search.Keys) Require(key);
        var drawn = new HashSet<string>();
        var trials = new List<(IReadOnlyList<string>, RunConfig)>();
        for (int attempt = 0, since = 0; trials.Count < tune.Trials; attempt++, since++)
        {
            if (since == MostAttempts)
                throw UserErrorException.Usage($"The search has no more than about {trials.Count} different settings, but trials is {tune.Trials}; give fewer trials or wider ranges.");
            string[] settings = [.. tune.Search.Select(s => $"{s.Key}={s.Value.At(Place(attempt, s.Key))}")];
            if (!drawn.Add(string.Join('\n', settings))) continue;
            trials.Add((settings, Config(settings)));
            since = 0;
        }

        return trials;
    }

    /// <summary>The configuration of a trial, whose settings may not go together.</summary>
    private RunConfig Config(IReadOnlyList<string> settings)
    {
        try
        {
            var config = configure(settings);
            if (RankingMetrics.CutOff(config.Training.Watch) is { } k && !config.Evaluation.CutOffs.Contains(k))
                throw UserErrorException.Usage($"training.watch is {config.Training.Watch}, which evaluation.cutOffs ({string.Join(", ", config.Evaluation.CutOffs)}) does not have");
            if (config.Model.Kind != "collaborative" && settings.FirstOrDefault(s => s.StartsWith("collaborative.", StringComparison.Ordinal) && !s.StartsWith("collaborative.seenBias=", StringComparison.Ordinal)) is { } joined)
                throw UserErrorException.Usage($"{joined.Split('=')[0]} is joined once a network is trained, so that validation does not see it, but it is searched for; search it with model.kind=collaborative");
            return config;
        }
        catch (UserErrorException wrong) when (wrong.IsUsage)
        {
            throw UserErrorException.Usage($"The search can't train {string.Join(' ', settings)}: {wrong.Message.TrimEnd('.')}");
        }
    }

    private static void Require(string key)
    {
        if (Fixed.FirstOrDefault(f => key == f || (f[^1] == '.' && key.StartsWith(f, StringComparison.Ordinal))) is { } part)
            throw UserErrorException.Usage($"The search names {key}, but {part.TrimEnd('.')} must be the same in every trial, as trials are compared by validation; take it out of search, or put it into set.");
    }

    /// <summary>From 0 to 1: a number of its own for each attempt and key, so that another key in the search does not change the others' values.</summary>
    private double Place(int attempt, string key) =>
        (SplitMix64.MixAll([tune.Seed, attempt, .. key.Select(c => (long)c)]) >> 11) * (1.0 / (1UL << 53));
}
