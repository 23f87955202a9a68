using UniM2Rec.Trainer.Configuration;
using UniM2Rec.Trainer.Data;
using UniM2Rec.Trainer.Layers;

namespace UniM2Rec.Tests.Layers;

public class SequenceEncoderTests
{
    private const int Items = 20;
    private const int Width = 12;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_few_states_and_their_gradients_are_those_of_the_dense_pass(int layers)
    {
        using var scope = NewDisposeScope();
        var encoder = Encoder(layers);
        var (sequences, asked) = Histories();
        var few = SequencePacker.Pack(sequences, causal: true, CPU, asked);
        var all = SequencePacker.Pack(sequences, causal: true, CPU, sequences.Select(s => Enumerable.Range(0, s.Length).ToArray()).ToList());
        Assert.True(few.States.shape[0] * 4 < few.Slots.numel());
        long[] among = asked.SelectMany((positions, s) => positions.Select(p => all.StateOf(s, p))).ToArray();
        Assert.Equal(few.States.data<long>().ToArray(), all.States.index_select(0, tensor(among)).data<long>().ToArray());

        var items = randn(Items, Width).requires_grad_(true);
        var weights = randn(few.States.shape[0], Width);
        var (dense, denseGradients) = Differentiate(encoder, items, weights, () => encoder.Encode(items, all).index_select(0, tensor(among)));
        var (sparse, sparseGradients) = Differentiate(encoder, items, weights, () => encoder.Encode(items, few));

        AssertClose(dense, sparse);
        Assert.Equal(denseGradients.Keys.Order(), sparseGradients.Keys.Order());
        foreach (var (name, gradient) in denseGradients) AssertClose(gradient, sparseGradients[name]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_state_has_its_learned_share_of_the_state_at_the_latest_own_event(int layers)
    {
        using var scope = NewDisposeScope();
        var encoder = Encoder(layers, ownState: true);
        var (sequences, asked) = Histories();
        // Every third item is of a domain that is predicted; a history may have none.
        int LatestOwn(int s, int position)
        {
            int own = Array.FindLastIndex(sequences[s], position, item => item % 3 == 0);
            return own >= 0 ? own : position;
        }

        var packed = SequencePacker.Pack(sequences, causal: true, CPU, asked, LatestOwn);
        var everywhere = SequencePacker.Pack(sequences, causal: true, CPU, sequences.Select(s => Enumerable.Range(0, s.Length).ToArray()).ToList());
        var pairs = asked.SelectMany((positions, s) => positions.Select(p => (At: everywhere.StateOf(s, p), Own: everywhere.StateOf(s, LatestOwn(s, p))))).ToList();
        Assert.Contains(pairs, pair => pair.At != pair.Own);
        Assert.Contains(pairs, pair => pair.At == pair.Own);
        var share = (encoder.named_parameters().Single(p => p.name == "own_share").parameter * 10).sigmoid();

        var items = randn(Items, Width).requires_grad_(true);
        var weights = randn(pairs.Count, Width);
        var (plain, plainGradients) = Differentiate(encoder, items, weights, () =>
        {
            var states = encoder.Encode(items, everywhere);
            return ((1 - share) * states.index_select(0, tensor(pairs.Select(p => p.At).ToArray()))) + (share * states.index_select(0, tensor(pairs.Select(p => p.Own).ToArray())));
        });
        var (joined, gradients) = Differentiate(encoder, items, weights, () => encoder.Encode(items, packed));

        AssertClose(plain, joined);
        Assert.Equal(plainGradients.Keys.Order(), gradients.Keys.Order());
        foreach (var (name, gradient) in plainGradients) AssertClose(gradient, gradients[name]);
    }

    [Fact]
    public void Histories_of_one_domain_are_read_from_their_latest_event()
    {
        using var scope = NewDisposeScope();
        var (sequences, asked) = Histories();
        var packed = SequencePacker.Pack(sequences, causal: true, CPU, asked, (_, position) => position);
        Assert.Null(packed.Own);
        Assert.Equal(packed.States.data<long>().ToArray(), packed.Read.data<long>().ToArray());
    }

    [Fact]
    public void Weights_that_dropout_scales_carry_the_bias_of_the_values_with_them()
    {
        using var scope = NewDisposeScope();
        var packed = SequencePacker.Pack([[0, 1, 2, 3, 4], [5, 6]], causal: true, CPU, [[1, 4], [1]]);
        var x = randn(packed.Slots.shape[0], packed.Slots.shape[1], Width);
        var (queries, key, value, bias) = (randn(3, 2, Width / 2), randn(Width, Width), randn(Width, Width), randn(Width));
        var actual = FewQueryAttention.Attend(queries, (key, value, bias), x, new StateTiles(packed), w => w * 3);

        var flat = x.view(-1, Width);
        (int First, int Count)[] spans = [(packed.Start[0], 2), (packed.Start[0], 5), (packed.Start[1], 2)];
        for (int q = 0; q < spans.Length; q++)
        {
            var seen = flat.narrow(0, spans[q].First, spans[q].Count);
            for (int h = 0; h < 2; h++)
            {
                var rows = arange(h * Width / 2, (h + 1) * Width / 2, dtype: ScalarType.Int64);
                var scores = seen.matmul(key.index_select(0, rows).t()).matmul(queries[q][h]);
                var values = seen.matmul(value.index_select(0, rows).t()) + bias.index_select(0, rows);
                AssertClose((scores.softmax(0) * 3).matmul(values).data<float>().ToArray(), actual[q].index_select(0, rows).data<float>().ToArray());
            }
        }
    }

    [Fact]
    public void A_state_that_was_not_asked_for_has_no_index()
    {
        using var scope = NewDisposeScope();
        var packed = SequencePacker.Pack([[0, 1, 2]], causal: true, CPU, [[0, 2]]);
        Assert.Equal(1, packed.StateOf(0, 2));
        Assert.Throws<ArgumentException>(() => packed.StateOf(0, 1));
    }

    private static SequenceEncoder Encoder(int layers, bool ownState = false)
    {
        manual_seed(5);
        var encoder = new SequenceEncoder(new ModelConfig { Width = Width, Heads = 3, Layers = layers, FeedForward = 10, Dropout = 0, OwnState = ownState }, maxLength: 40, new LayerContext());
        using var quiet = no_grad();
        foreach (var parameter in encoder.parameters()) parameter.add_(randn(parameter.shape).mul_(0.3));
        return encoder;
    }

    /// <summary>Sequences of 1 to 40 events; of each, one to three states are asked for.</summary>
    private static (List<int[]> Sequences, List<int[]> Asked) Histories()
    {
        var random = new Random(8);
        var sequences = Enumerable.Range(0, 30).Select(_ => Enumerable.Range(0, random.Next(1, 41)).Select(_ => random.Next(Items)).ToArray()).ToList();
        var asked = sequences.Select(s => Enumerable.Range(0, s.Length).OrderBy(_ => random.Next()).Take(random.Next(1, 4)).Order().ToArray()).ToList();
        return (sequences, asked);
    }

    private static (float[] States, Dictionary<string, float[]> Gradients) Differentiate(SequenceEncoder encoder, Tensor items, Tensor weights, Func<Tensor> encode)
    {
        foreach (var parameter in encoder.parameters()) parameter.grad = null;
        items.grad = null;
        var states = encode();
        (states * weights).sum().backward();
        var gradients = encoder.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.data<float>().ToArray());
        gradients["items"] = items.grad!.data<float>().ToArray();
        return (states.data<float>().ToArray(), gradients);
    }

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        float tolerance = 2e-5f * Math.Max(1, expected.Max(Math.Abs));
        Assert.True(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max() <= tolerance);
    }
}
