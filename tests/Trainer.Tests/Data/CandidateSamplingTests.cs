using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Training;

namespace UniM2Rec.Tests.Data;

public class CandidateSamplingTests
{
    private const int Draws = 3;
    private const double Popular = 0.4;

    // Of the catalogue's rows 1 to 5, 3 is a target twice, 1 once, and 2, 4 and 5 never; row 0 is no candidate.
    private static readonly int[] Catalogue = [1, 2, 3, 4, 5];
    private static readonly InteractionLog Log = Logs.Of([0, 3, 1, 3]);
    private static readonly List<Example> Training = [new Example(Log, 0, 0, 3, [(0, 1), (1, 2), (2, 3)])];
    private static readonly double[] Chance = [.. new[] { 1, 0, 2, 0, 0 }.Select(targets => (Popular * targets / 3) + ((1 - Popular) / 5))];
    private readonly CandidateSampling _sampling = new(Catalogue, Training, itemCount: 6, Draws, Popular);

    [Fact]
    public void An_items_weight_is_the_inverse_of_its_chance_to_be_drawn()
    {
        const int Steps = 20_000;
        double[] share = new double[5];
        double sum = 0, squares = 0;
        double[] logits = [0.7, -2, 1.5, 0.2, -0.4];
        for (int step = 0; step < Steps; step++)
        {
            int[] drawn = _sampling.Draw((ulong)step);
            Assert.Equal(drawn.Distinct(), drawn);
            foreach (int row in drawn) share[row - 1] += 1.0 / Steps;
            double estimate = drawn.Sum(row => Math.Exp(logits[row - 1] + _sampling.LogWeight(row)));
            (sum, squares) = (sum + estimate, squares + (estimate * estimate));
        }

        for (int i = 0; i < 5; i++)
        {
            double inclusion = 1 - Math.Pow(1 - Chance[i], Draws);
            Assert.Equal(-Math.Log(inclusion), _sampling.LogWeight(i + 1), 1e-5);
            Assert.Equal(inclusion, share[i], 4 * Math.Sqrt(inclusion * (1 - inclusion) / Steps));
        }

        // The estimate of the softmax's sum, over many steps.
        double deviation = Math.Sqrt(((squares / Steps) - Math.Pow(sum / Steps, 2)) / Steps);
        Assert.Equal(logits.Sum(Math.Exp), sum / Steps, 4 * deviation);
    }

    [Fact]
    public void The_same_seed_draws_the_same_and_another_one_others()
    {
        Assert.Equal(_sampling.Draw(7), _sampling.Draw(7));
        Assert.True(Enumerable.Range(0, 20).Select(seed => string.Join(' ', _sampling.Draw((ulong)seed).Order())).Distinct().Count() > 5);
    }

    [Fact]
    public void A_target_that_is_not_drawn_is_a_candidate_of_its_own_rows_alone()
    {
        using var scope = NewDisposeScope();
        var builder = new BatchBuilder(6, causal: true, CPU) { Sampling = _sampling, MarksSeen = true };
        ulong seed = (ulong)Enumerable.Range(0, 100).First(s => _sampling.Draw((ulong)s) is var d && d.Contains(3) && !d.Contains(1) && d.Length == 3);
        var batch = builder.Build(Training, seed: seed);

        int[] rows = batch.ItemRows[..batch.CandidateCount];
        int[] drawn = _sampling.Draw(seed);
        Assert.Equal([3, 1, .. drawn.Except([3, 1])], rows);
        Assert.Equal(rows.Select(row => drawn.Contains(row) ? _sampling.LogWeight(row) : float.NegativeInfinity), batch.CandidateLogWeight!.data<float>().ToArray());
        Assert.Equal([0, 1, 0], batch.Parts[0].TargetSlots.data<long>().ToArray());

        // Row 0 is no candidate, so that the first target has seen none, the second one 3, and the third 3 and 1.
        Assert.Equal([batch.CandidateCount, 2 * batch.CandidateCount, (2 * batch.CandidateCount) + 1], batch.Parts[0].Collaborative!.Seen.data<long>().ToArray().Order());

        var logits = randn(3, batch.CandidateCount);
        double[,] l = new double[3, batch.CandidateCount];
        for (int t = 0; t < 3; t++) for (int c = 0; c < batch.CandidateCount; c++) l[t, c] = logits[t, c].item<float>();
        int[] targets = [0, 1, 0];
        double expected = targets.Select((own, t) =>
            Math.Log(Math.Exp(l[t, own]) + Enumerable.Range(0, rows.Length).Where(c => c != own && drawn.Contains(rows[c])).Sum(c => Math.Exp(l[t, c] + _sampling.LogWeight(rows[c])))) - l[t, own]).Average();
        Assert.Equal(expected, SequenceItemContrast.Loss(logits, batch.Parts[0].TargetSlots, batch.CandidateLogWeight).item<float>(), 1e-5);
    }
}
