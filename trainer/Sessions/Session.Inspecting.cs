using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Evaluation;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Sessions;

/// <summary>What a model looks like on its inside.</summary>
public sealed partial class Session
{
    private const int Nearest = 10;

    /// <summary>Looks at an even sample of the flow's items, the same each time; null where the model has no network.</summary>
    /// <param name="mostItems">Items of the sample, at most.</param>
    /// <param name="mostUsers">Users whose histories models weigh modalities by, at most.</param>
    public RunInsight? Inspect(int mostItems, int mostUsers)
    {
        if (!Model.HasNetwork) return null;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        using var catalogue = EncodeCatalogue();
        int[] rows = Even(Features.Names.Count == 0 ? Data.FlowRows : [.. Data.FlowRows.Where(row => Features.Names.Any(m => Data.Store.Modality(m).IsPresent(row)))], mostItems);
        if (rows.Length < 2) return null;
        var items = Features.Gather(rows);
        var after = catalogue.Vectors.Input.index_select(0, tensor(Array.ConvertAll(catalogue.Slots(rows), s => (long)s), device: Device));
        var domains = Data.Store.Domains.Where(d => Data.Log.Domains.Contains(d.Name)).ToList();
        int[] domainOf = Array.ConvertAll(rows, row => domains.FindIndex(d => row >= d.FirstRow && row < d.FirstRow + d.Count));
        var inside = Model.Inspect(items, States(catalogue, mostUsers));
        return new RunInsight([.. domains.Select(d => d.Name)], domainOf, Features.Names, View(after))
        {
            Rows = rows,
            Before = Features.Names.Count == 0 ? null : View(ContentProfiles.Vectors(items)),
            Gates = [.. (inside?.Gates ?? []).Select(gates => gates is null ? null : ByRow(gates))],
            Weights = inside is null ? null : ByRow(inside.Weights),
        };

        ItemsView View(Tensor vectors) => new(PrincipalPlane.Of(vectors), PrincipalPlane.OwnGroupShare(vectors, domainOf, Nearest));
        static float[][] ByRow(Tensor values) => [.. values.cpu().contiguous().data<float>().ToArray().Chunk((int)values.shape[1])];
    }

    /// <summary>[users, width]: the states after what some users did last.</summary>
    private Tensor States(EncodedCatalogue catalogue, int most)
    {
        var examples = Even([.. new ExamplePlanner(Data.Log, Data.IsTarget, Config.Data.MaxLength, ExampleForm.Prefix).Newest()], most);
        return Model.EncodeSequences(catalogue.Vectors, SequencePacker.Pack([.. examples.Select(e => catalogue.Slots(e.Items))], Model.Causal, Device));
    }

    private static T[] Even<T>(T[] all, int most) => all.Length <= most ? all : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Length / most)])];
}

/// <summary>What a model makes of a sample of its items.</summary>
/// <param name="Domains">Names of the flow's domains.</param>
/// <param name="DomainOf">By item: its domain, as an index into <paramref name="Domains"/>.</param>
/// <param name="Modalities">Names of the modalities that the model reads.</param>
/// <param name="After">The items' vectors in the model's own space.</param>
public sealed record RunInsight(IReadOnlyList<string> Domains, int[] DomainOf, IReadOnlyList<string> Modalities, ItemsView After)
{
    /// <summary>By item: its row in the feature store.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>Their frozen features, each modality of unit length, side by side; null for models that read none.</summary>
    public ItemsView? Before { get; init; }

    /// <summary>By modality: by item, how much each expert counts; null where the modality has none to choose from.</summary>
    public IReadOnlyList<float[][]?> Gates { get; init; } = [];

    /// <summary>By item: how much each modality counts; null where the model does not say.</summary>
    public float[][]? Weights { get; init; }
}

/// <summary>How items lie among each other.</summary>
/// <param name="Plane">Where they are in the plane of their principal components.</param>
/// <param name="OwnDomain">Of the ten nearest to each, how many are of its own domain, as a share; null where there is one domain alone.</param>
public sealed record ItemsView(PrincipalPlane Plane, double? OwnDomain);
