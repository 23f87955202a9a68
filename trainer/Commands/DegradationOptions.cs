using System.CommandLine;
using UniM2Rec.Trainer.Evaluation;

namespace UniM2Rec.Trainer.Commands;

/// <summary>The options of evaluate that say how features are degraded.</summary>
public sealed class DegradationOptions
{
    private readonly Option<string[]> _remove = Names("--remove", "Modalities that a share of the items loses, such as text or image.");
    private readonly Option<string[]> _noise = Names("--noise", "Modalities to which Gaussian noise is added for a share of the items.");
    private readonly Option<double[]> _share = DecimalNumber.Several("--share", "With --remove or --noise: share of the items, one or more.", 1);
    private readonly Option<double> _scale = DecimalNumber.WithDefault("--noise-scale", "With --noise: standard deviation, where 1 is the modality's own.", 1);
    private readonly Option<int> _seed = WholeNumber.WithDefault("--seed", "With --remove or --noise: chooses the items and the noise.", 1);

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _remove, _noise, _share, _scale, _seed }) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_remove) is not null || result.GetResult(_noise) is not null) return;
            foreach (var option in new Option[] { _share, _scale, _seed })
            {
                if (result.GetResult(option) is { Implicit: false }) result.AddError($"{option.Name} needs --remove or --noise");
            }
        });
    }

    /// <summary>The degradations that are asked for, one for each share, ascending; none without --remove and --noise.</summary>
    public IReadOnlyList<Degradation> Read(ParseResult parsed)
    {
        var (removed, noised) = (List(_remove), List(_noise));
        if (removed.Count + noised.Count == 0) return [];
        return parsed.GetRequiredValue(_share).Distinct().Order()
            .Select(share => new Degradation(removed, noised, parsed.GetValue(_scale), share, parsed.GetValue(_seed))).ToList();

        List<string> List(Option<string[]> option) =>
            (parsed.GetValue(option) ?? []).SelectMany(n => n.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Distinct().ToList();
    }

    private static Option<string[]> Names(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
}
