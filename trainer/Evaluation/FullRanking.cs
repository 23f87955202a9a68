using UniM2Rec.Trainer.Collaborative;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Models;
using UniM2Rec.Trainer.Training;
using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Evaluation;

/// <summary>
/// Ranks every candidate for each sequence, in tiles of users and candidates, so that memory does not grow with either. Scores are of float32, and a model
/// whose scores are not finite is an error.
/// </summary>
/// <param name="model">In evaluation mode.</param>
/// <param name="catalogue">The encoded items.</param>
/// <param name="collaborative">What histories say about single candidates, or null.</param>
public sealed class FullRanking(Recommender model, EncodedCatalogue catalogue, CollaborativeScorer? collaborative)
{
    /// <summary>Scores of a tile, at most: 32 MiB, of which joining makes several.</summary>
    private const int UsualScores = 1 << 23;

    /// <summary>Users that a tile has rather than all candidates.</summary>
    private const int FewestUsers = 256;
    private const int MostUsers = 8192;

    /// <summary>Scores of a tile, at most.</summary>
    internal int MostScores { get; init; } = UsualScores;

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
        using var quiet = no_grad();
        var ranks = new Rank[examples.Count];
        // A target's own score is read from its tile before any is counted, so users whose targets are neighbours are ranked together: their tiles are few.
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(e => Slot(examples[e]) / TileCandidates)];
        foreach (int[] users in order.Chunk(TileUsers))
        {
            using var scope = NewDisposeScope();
            var tile = Open([.. users.Select(u => examples[u])]);
            var only = Ranges is [var all] ? Logits(tile, all) : null;
            var own = only?.gather(1, tile.Targets) ?? OwnScores(tile, cancellation);
            if (!own.isfinite().all().item<bool>()) throw EncodedCatalogue.NotFinite("scores");
            var above = zeros(users.Length, dtype: ScalarType.Int64, device: Device);
            var atLeast = zeros_like(above); // the target itself among them
            (Tensor Values, Tensor Slots)? best = null;
            foreach (var range in Ranges)
            {
                using var inner = NewDisposeScope();
                cancellation.ThrowIfCancellationRequested();
                var scores = only ?? Logits(tile, range);
                if (MaskHistory) Hide(scores, tile, range, but: tile.Targets);
                above.add_(scores.gt(own).sum(1));
                atLeast.add_(scores.ge(own).sum(1));
                if (Lists is { } wanted) best = Kept(Best(best, scores, range.First, Math.Min(wanted.Count, catalogue.CandidateCount)));
            }

            if (Lists is { } lists) lists.Take([.. best!.Value.Slots.cpu().data<long>().ToArray().Chunk(Math.Min(lists.Count, catalogue.CandidateCount)).Select(list => Array.ConvertAll(list, slot => (int)slot))]);

            long[] higher = above.cpu().data<long>().ToArray(), notLower = atLeast.cpu().data<long>().ToArray();
            for (int u = 0; u < users.Length; u++) ranks[users[u]] = new Rank((int)higher[u], (int)(notLower[u] - higher[u] - 1));
            progress.Advance(users.Length);
        }

        return ranks;
    }

    /// <summary>Hands the best candidates of each example to <paramref name="take"/>: slots and scores, best first.</summary>
    public void Top(IReadOnlyList<Example> examples, int count, Action<Example, int[], float[]> take, CancellationToken cancellation)
    {
        using var quiet = no_grad();
        count = Math.Min(count, catalogue.CandidateCount);
        using var leftOut = tensor([.. LeftOut], device: Device).DetachFromDisposeScope();
        foreach (var users in examples.Chunk(TileUsers))
        {
            using var scope = NewDisposeScope();
            var tile = Open(users);
            (Tensor Values, Tensor Slots)? best = null;
            foreach (var range in Ranges)
            {
                using var inner = NewDisposeScope();
                cancellation.ThrowIfCancellationRequested();
                var scores = Logits(tile, range);
                if (MaskHistory) Hide(scores, tile, range);
                if (LeftOut.Count > 0) scores.index_fill_(1, leftOut.masked_select(leftOut.ge(range.First).logical_and(leftOut.lt(range.First + range.Count))) - range.First, float.NegativeInfinity);
                best = Kept(Best(best, scores, range.First, count));
            }

            var (values, indices) = best!.Value;
            if (values.isnan().any().item<bool>()) throw EncodedCatalogue.NotFinite("scores");
            long[] found = indices.cpu().data<long>().ToArray();
            float[] scored = values.cpu().data<float>().ToArray();
            for (int w = 0; w < users.Length; w++)
            {
                int[] shown = Enumerable.Range(w * count, count).Where(i => !float.IsNegativeInfinity(scored[i])).ToArray();
                take(users[w], shown.Select(i => (int)found[i]).ToArray(), shown.Select(i => scored[i]).ToArray());
            }
        }
    }

    /// <summary>The network's scores and the collaborative scores, not yet joined, one tile of examples after another; the tensors are the caller's scope's.</summary>
    /// <exception cref="InvalidOperationException">There are no collaborative scores.</exception>
    public IEnumerable<HeldOutScores> Unjoined(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        if (collaborative is null) throw new InvalidOperationException("Scores can't be taken apart from collaborative scores where there are none.");
        foreach (var tile in examples.Chunk(BatchUsers))
        {
            cancellation.ThrowIfCancellationRequested();
            var all = (0, catalogue.CandidateCount);
            yield return new HeldOutScores(Scores(Encode(tile), all), WithOwn(WithContent(collaborative.Build(tile, Device), Profiles(tile), all), EncodeOwn(tile), all)!, Targets(tile));
        }
    }

    private static (Tensor Values, Tensor Slots) Kept((Tensor Values, Tensor Slots) best) => (best.Values.MoveToOuterDisposeScope(), best.Slots.MoveToOuterDisposeScope());

    /// <summary>[users, count at most]: scores and slots of the best candidates so far, best first; in the outer scope.</summary>
    private static (Tensor Values, Tensor Slots) Best((Tensor Values, Tensor Slots)? before, Tensor scores, int first, int count)
    {
        using var scope = NewDisposeScope();
        var (values, columns) = scores.topk((int)Math.Min(count, scores.shape[1]), 1);
        var slots = columns + first;
        if (before is { } found)
        {
            var all = cat([found.Values, values], 1);
            var (kept, places) = all.topk((int)Math.Min(count, all.shape[1]), 1);
            (values, slots) = (kept, cat([found.Slots, slots], 1).gather(1, places));
        }

        return (values.MoveToOuterDisposeScope(), slots.MoveToOuterDisposeScope());
    }

    /// <summary>Users of a tile.</summary>
    private int TileUsers => Math.Min(Math.Clamp(MostScores / catalogue.CandidateCount, FewestUsers, MostUsers), BatchUsers);

    /// <summary>Candidates of a tile, at most.</summary>
    private int TileCandidates => Math.Max(1, MostScores / TileUsers);

    private IReadOnlyList<(int First, int Count)> Ranges => BlockedContrast.Cut(catalogue.CandidateCount, TileCandidates);

    /// <summary>What the tiles of some users are computed from.</summary>
    private UserTile Open(Example[] users) => new(users, Encode(users), collaborative?.Build(users, Device), Profiles(users), Targets(users).unsqueeze(1)) { OwnStates = EncodeOwn(users) };

    /// <summary>[users, range]: the logits.</summary>
    private Tensor Logits(UserTile tile, (int First, int Count) range)
    {
        using var scope = NewDisposeScope();
        var collaborative = WithOwn(WithContent(tile.Collaborative?.Slice(range.First, range.Count, catalogue.CandidateCount), tile.Profiles, range), tile.OwnStates, range);
        return model.Logits(tile.States, catalogue.Vectors.Slice(range.First, range.Count), collaborative).MoveToOuterDisposeScope();
    }

    /// <summary>[users, 1]: each target's score, as its tile has it.</summary>
    private Tensor OwnScores(UserTile tile, CancellationToken cancellation)
    {
        using var scope = NewDisposeScope();
        var own = zeros(tile.Users.Length, 1, device: Device);
        foreach (var range in Ranges.Where(r => tile.Users.Any(u => Slot(u) >= r.First && Slot(u) < r.First + r.Count)))
        {
            using var inner = NewDisposeScope();
            cancellation.ThrowIfCancellationRequested();
            var column = tile.Targets - range.First;
            var isHere = column.ge(0).logical_and(column.lt(range.Count));
            own.copy_(where(isHere, Logits(tile, range).gather(1, column.clamp(0, range.Count - 1)), own));
        }

        return own.MoveToOuterDisposeScope();
    }

    /// <summary>[states, range]: the network's.</summary>
    private Tensor Scores(Tensor states, (int First, int Count) range)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return model.Score(states, catalogue.Vectors.Slice(range.First, range.Count)).MoveToOuterDisposeScope();
    }

    /// <summary>[users, width]: what the histories are by content; null where that is not joined.</summary>
    private Tensor? Profiles(Example[] users)
    {
        if (collaborative is null || catalogue.Content is not { } content) return null;
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        var histories = users.Select(e => catalogue.Slots(e.Log.Items(e.Log.FirstEvent(e.User), e.End))).ToList();
        var profiles = ContentProfiles.Of(content, histories, collaborative.ContentDecay);
        if (Histories is { Catalogue.Content: { } others } other && users.Any(other.Concerns))
        {
            var concerned = tensor(users.Select(other.Concerns).ToArray(), device: Device).unsqueeze(1);
            profiles = where(concerned, ContentProfiles.Of(others, histories, collaborative.ContentDecay), profiles);
        }

        return profiles.MoveToOuterDisposeScope();
    }

    /// <summary>The same with how near the candidates of a range are by content.</summary>
    private CollaborativeScores? WithContent(CollaborativeScores? scores, Tensor? profiles, (int First, int Count) range) => scores is null || profiles is null
        ? scores
        : scores with { Content = profiles.matmul(catalogue.Content!.narrow(0, range.First, range.Count).t()).clamp_min_(0) };

    /// <summary>The same with the network's scores of the candidates of a range by the histories' own events.</summary>
    private CollaborativeScores? WithOwn(CollaborativeScores? scores, Tensor? ownStates, (int First, int Count) range) =>
        scores is null || ownStates is null ? scores : scores with { Own = Scores(ownStates, range) };

    /// <summary>[users] int64: slot of each example's last target.</summary>
    private Tensor Targets(Example[] users) => tensor(Array.ConvertAll(users, u => (long)Slot(u)), device: Device);

    /// <summary>Slot of the example's last target; -1 where there is none, as in what is recommended for.</summary>
    private int Slot(Example example) => example.Targets.Count == 0 ? -1 : catalogue.Slots([example.LastTargetItem])[0];

    /// <summary>[examples, width]: the state after each example.</summary>
    private Tensor Encode(Example[] examples) => Encode(examples, example => example.Items.ToArray(), (example, position) => example.LatestOwn(position));

    /// <summary>[examples, width]: the state after the events of predicted domains by themselves; null where they count no more than the others, or there are no others.</summary>
    private Tensor? EncodeOwn(Example[] examples)
    {
        if (collaborative is null || model.ScoreCombination is not { ReadsOwnEvents: true } || examples.All(example => example.IsTarget is null)) return null;
        return Encode(examples, example => example.OwnItems(), (_, position) => position);
    }

    /// <summary>[examples, width]: the state after what is read of each example.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="read">Rows of the items that are read.</param>
    /// <param name="latestOwn">Of a position among them: the latest up to it whose domain is predicted.</param>
    private Tensor Encode(Example[] examples, Func<Example, int[]> read, Func<Example, int, int> latestOwn)
    {
        using var quiet = no_grad();
        using var scope = NewDisposeScope();
        return cat(MicroBatches.Cut(examples, candidates: 0).Select(Part).ToArray(), 0).MoveToOuterDisposeScope();

        Tensor Part(IReadOnlyList<Example> part)
        {
            using var inner = NewDisposeScope();
            var packed = SequencePacker.Pack(
                part.Select(example => catalogue.Slots(read(example))).ToList(), model.Causal, Device, latestOwn: model.ReadsOwn ? (e, position) => latestOwn(part[e], position) : null);
            var states = model.EncodeSequences(catalogue.Vectors, packed);
            if (Histories is { } other && part.Any(other.Concerns))
            {
                var concerned = tensor(part.Select(other.Concerns).ToArray(), device: Device).unsqueeze(1);
                states = where(concerned, model.EncodeSequences(other.Catalogue.Vectors, packed), states);
            }

            return states.MoveToOuterDisposeScope();
        }
    }

    /// <summary>Takes what the histories hold out of the ranking, but for the targets where they are given.</summary>
    private void Hide(Tensor scores, UserTile tile, (int First, int Count) range, Tensor? but = null)
    {
        var users = new List<long>();
        var columns = new List<long>();
        long[]? kept = but?.cpu().data<long>().ToArray();
        for (int w = 0; w < tile.Users.Length; w++)
        {
            var example = tile.Users[w];
            foreach (int slot in catalogue.Slots(example.Log.Items(example.Log.FirstEvent(example.User), example.End)))
            {
                if (slot < range.First || slot >= range.First + range.Count || slot == kept?[w]) continue;
                users.Add(w);
                columns.Add(slot - range.First);
            }
        }

        if (users.Count > 0)
        {
            scores.index_put_(
                tensor(float.NegativeInfinity, device: Device), tensor(users.ToArray(), device: Device), tensor(columns.ToArray(), device: Device));
        }
    }

    /// <summary>Some users with what is the same in all tiles of candidates.</summary>
    /// <param name="Users">Their histories.</param>
    /// <param name="States">[users, width]</param>
    /// <param name="Collaborative">What the histories say about all candidates, but for nearness by content; or null.</param>
    /// <param name="Profiles">[users, width]: what the histories are by content, or null.</param>
    /// <param name="Targets">[users, 1] int64: slots of the last targets.</param>
    private sealed record UserTile(Example[] Users, Tensor States, CollaborativeScores? Collaborative, Tensor? Profiles, Tensor Targets)
    {
        /// <summary>[users, width]: after the events of predicted domains by themselves, or null.</summary>
        public Tensor? OwnStates { get; init; }
    }
}
