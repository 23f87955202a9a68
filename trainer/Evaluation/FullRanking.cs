using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Ranks every candidate for each sequence, in tiles of users. Scores are of float32, and a model whose scores are not finite is an error.
/// </summary>
/// <param name="model">In evaluation mode.</param>
/// <param name="catalogue">The encoded items.</param>
/// <param name="collaborative">What histories say about single candidates, or null.</param>
public sealed class FullRanking(Recommender model, EncodedCatalogue catalogue, CollaborativeScorer? collaborative)
{
    /// <summary>Scores of a tile, at most: 1 GiB, and within what an array's index of 32 bits reaches.</summary>
    private const long MostScores = 1 << 28;

    /// <summary>Users of a tile, at most.</summary>
    public int BatchUsers { get; init; } = 1024;

    /// <summary>Whether items of the sequence, other than the target, are taken out of the ranking.</summary>
    public bool MaskHistory { get; init; }

    /// <summary>Slots of candidates that <see cref="Top"/> leaves out.</summary>
    public IReadOnlyList<long> LeftOut { get; init; } = [];

    /// <summary>Vectors, by the same slots, that the histories of some examples are encoded from instead; null for none.</summary>
    public (EncodedCatalogue Catalogue, Func<Example, bool> Concerns)? Histories { get; init; }

    /// <summary>Takes the best candidates of each example while its target is ranked: by example of a tile, so many slots, best first; null for none.</summary>
    public (int Count, Action<IReadOnlyList<int[]>> Take)? Lists { get; init; }

    private Device Device => catalogue.Vectors.Input.device;

    /// <summary>The rank of each example's last target.</summary>
    /// <exception cref="UserErrorException">A score is not finite.</exception>
    public Rank[] Ranks(IReadOnlyList<Example> examples, IProgressTask progress, CancellationToken cancellation)
    {
        var ranks = new Rank[examples.Count];
        int done = 0;
        ForEachTile(examples, cancellation, (tile, scores) =>
        {
            var targets = Targets(tile).unsqueeze(1);
            var targetScores = scores.gather(1, targets);
            if (MaskHistory) Hide(scores, tile).scatter_(1, targets, targetScores);
            if (!targetScores.isfinite().all().item<bool>()) throw EncodedCatalogue.NotFinite("scores");
            if (Lists is { } lists) lists.Take(Best(scores, lists.Count));
            long[] above = scores.gt(targetScores).sum(1).cpu().data<long>().ToArray();
            long[] atLeast = scores.ge(targetScores).sum(1).cpu().data<long>().ToArray(); // the target itself among them
            for (int t = 0; t < above.Length; t++) ranks[done++] = new Rank((int)above[t], (int)(atLeast[t] - above[t] - 1));
            progress.Advance(tile.Length);
        });
        return ranks;
    }

    /// <summary>Hands the best candidates of each example to <paramref name="take"/>: slots and scores, best first.</summary>
    public void Top(IReadOnlyList<Example> examples, int count, Action<Example, int[], float[]> take, CancellationToken cancellation)
    {
        count = Math.Min(count, catalogue.CandidateCount);
        using var leftOut = tensor([.. LeftOut], device: Device).DetachFromDisposeScope();
        ForEachTile(examples, cancellation, (tile, scores) =>
        {
            if (MaskHistory) Hide(scores, tile);
            if (LeftOut.Count > 0) scores.index_fill_(1, leftOut, float.NegativeInfinity);
            var (values, indices) = scores.topk(count, 1);
            if (values.isnan().any().item<bool>()) throw EncodedCatalogue.NotFinite("scores");
            long[] slots = indices.cpu().data<long>().ToArray();
            float[] best = values.cpu().data<float>().ToArray();
            for (int w = 0; w < tile.Length; w++)
            {
                int[] shown = Enumerable.Range(w * count, count).Where(i => !float.IsNegativeInfinity(best[i])).ToArray();
                take(tile[w], shown.Select(i => (int)slots[i]).ToArray(), shown.Select(i => best[i]).ToArray());
            }
        });
    }

    /// <summary>The network's scores and the collaborative scores, not yet joined, one tile of examples after another; the tensors are the caller's scope's.</summary>
    /// <exception cref="InvalidOperationException">There are no collaborative scores.</exception>
    public IEnumerable<HeldOutScores> Unjoined(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        if (collaborative is null) throw new InvalidOperationException("Scores can't be taken apart from collaborative scores where there are none.");
        foreach (var tile in examples.Chunk(BatchUsers))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new HeldOutScores(Scores(tile), Collaborative(tile)!, Targets(tile));
        }
    }

    private int[][] Best(Tensor scores, int count)
    {
        count = Math.Min(count, catalogue.CandidateCount);
        var (_, slots) = scores.topk(count, 1);
        return [.. slots.cpu().data<long>().ToArray().Chunk(count).Select(list => Array.ConvertAll(list, slot => (int)slot))];
    }

    /// <summary>Computes the logits [users, candidates] of one tile after another.</summary>
    private void ForEachTile(IReadOnlyList<Example> examples, CancellationToken cancellation, Action<Example[], Tensor> visit)
    {
        using var quiet = no_grad();
        foreach (var tile in examples.Chunk((int)Math.Clamp(MostScores / catalogue.CandidateCount, 1, BatchUsers)))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            visit(tile, model.Join(Scores(tile), Collaborative(tile)));
        }
    }

    /// <summary>[users, candidates]: the network's.</summary>
    private Tensor Scores(Example[] tile)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var states = cat(MicroBatches.Cut(tile, candidates: 0).Select(Encode).ToArray(), 0);
        return model.Score(states, catalogue.Vectors.First(catalogue.CandidateCount)).MoveToOuterDisposeScope();
    }

    /// <summary>What the histories say about single candidates.</summary>
    private CollaborativeScores? Collaborative(Example[] tile)
    {
        if (collaborative is null) return null;
        var scores = collaborative.Build(tile, Device);
        return catalogue.Content is null ? scores : scores with { Content = Content(tile, catalogue.Content) };
    }

    /// <summary>[users, candidates]: how near the candidates are by content.</summary>
    private Tensor Content(Example[] tile, Tensor candidates)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var histories = tile.Select(e => catalogue.Slots(e.Log.Items(e.Log.FirstEvent(e.User), e.End))).ToList();
        var profiles = ContentProfiles.Of(candidates, histories, collaborative!.ContentDecay);
        if (Histories is { Catalogue.Content: { } others } other && tile.Any(other.Concerns))
        {
            var concerned = tensor(tile.Select(other.Concerns).ToArray(), device: Device).unsqueeze(1);
            profiles = where(concerned, ContentProfiles.Of(others, histories, collaborative.ContentDecay), profiles);
        }

        return profiles.matmul(candidates.narrow(0, 0, catalogue.CandidateCount).t()).clamp_min(0).MoveToOuterDisposeScope();
    }

    /// <summary>[users] int64: slot of each example's last target.</summary>
    private Tensor Targets(Example[] tile) =>
        tensor(tile.Select(w => (long)catalogue.Slots([w.LastTargetItem])[0]).ToArray(), device: Device);

    /// <summary>[examples, width]: the state after each example.</summary>
    private Tensor Encode(IReadOnlyList<Example> examples)
    {
        using var scope = NewDisposeScope();
        var packed = SequencePacker.Pack(examples.Select(w => catalogue.Slots(w.Items)).ToList(), model.Causal, Device);
        var states = model.EncodeSequences(catalogue.Vectors, packed);
        if (Histories is { } other && examples.Any(other.Concerns))
        {
            var concerned = tensor(examples.Select(other.Concerns).ToArray(), device: Device).unsqueeze(1);
            states = where(concerned, model.EncodeSequences(other.Catalogue.Vectors, packed), states);
        }

        return states.MoveToOuterDisposeScope();
    }

    private Tensor Hide(Tensor scores, Example[] tile)
    {
        var users = new List<long>();
        var slots = new List<long>();
        for (int w = 0; w < tile.Length; w++)
        {
            foreach (int slot in catalogue.Slots(tile[w].Log.Items(tile[w].Log.FirstEvent(tile[w].User), tile[w].End)))
            {
                if (slot < 0 || slot >= catalogue.CandidateCount) continue;
                users.Add(w);
                slots.Add(slot);
            }
        }

        if (users.Count > 0)
        {
            scores.index_put_(
                tensor(float.NegativeInfinity, device: Device), tensor(users.ToArray(), device: Device), tensor(slots.ToArray(), device: Device));
        }

        return scores;
    }
}
