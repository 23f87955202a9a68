using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class ModuleTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void Components_are_registered_under_their_fields_names()
    {
        using var network = new Network();
        Assert.Equal(
            ["scale", "first.weight", "first.bias", "blocks.0.weight", "blocks.1.weight"],
            network.named_parameters().Select(named => named.name));
        Assert.Equal(["offset"], network.named_buffers().Select(named => named.name));
        Assert.Equal(["first", "blocks", "drop"], network.named_children().Select(named => named.name));
        Assert.Equal(["blocks.0.weight", "blocks.1.weight", "first.bias", "first.weight", "offset", "scale"], network.state_dict().Keys.Order());
        Assert.True(network.parameters().All(parameter => parameter.requires_grad));
    }

    [Fact]
    public void State_is_loaded_by_name_and_must_fit()
    {
        manual_seed(3);
        using var source = new Network();
        using var target = new Network();
        source.eval();
        target.eval();
        Tensor input = randn(4, 3);
        Assert.False(source.call(input).allclose(target.call(input)));
        target.load_state_dict(source.state_dict());
        Assert.True(source.call(input).allclose(target.call(input)));
        Dictionary<string, Tensor> partial = source.state_dict();
        partial.Remove("scale");
        Assert.Throws<InvalidOperationException>(() => target.load_state_dict(partial));
        Assert.Equal(["scale"], target.load_state_dict(partial, strict: false).missing_keys);
    }

    [Fact]
    public void Training_mode_reaches_every_module()
    {
        using var network = new Network();
        Tensor input = ones(2, 3);
        Assert.True(network.training);
        network.eval();
        Assert.All(network.modules(), module => Assert.False(module.training));
        Assert.True(network.call(input).allclose(network.call(input)));
        network.train();
        Assert.All(network.modules(), module => Assert.True(module.training));
    }

    [Fact]
    public void Conversion_changes_every_parameter_and_buffer()
    {
        using var network = new Network().to(ScalarType.Float64);
        Assert.All(network.parameters(), parameter => Assert.Equal(ScalarType.Float64, parameter.dtype));
        Assert.All(network.buffers(), buffer => Assert.Equal(ScalarType.Float64, buffer.dtype));
        network.call(ones(2, 3, dtype: ScalarType.Float64)).sum().backward();
        Assert.All(network.parameters(), parameter => Assert.NotNull(parameter.grad));
        network.zero_grad();
        Assert.All(network.parameters(), parameter => Assert.Null(parameter.grad));
    }

    [Fact]
    public void Built_in_modules_equal_their_formulas()
    {
        Tensor x = Of([1, 2, 4, 0, -1, 3], 2, 3);
        using Linear linear = nn.Linear(3, 2);
        double[] weight = [.. linear.weight.detach().t().data<float>().ToArray().Select(value => (double)value)];
        float[] bias = Values(linear.bias!);
        double[] product = Product([1, 2, 4, 0, -1, 3], weight, 2, 3, 2);
        Close([.. product.Select((value, i) => value + bias[i % 2])], linear.call(x));
        Assert.All(weight, value => Assert.InRange(Math.Abs(value), 0, 1 / Math.Sqrt(3)));

        using LayerNorm norm = nn.LayerNorm(3, eps: 1e-12);
        double mean = 7.0 / 3;
        double deviation = Math.Sqrt((Math.Pow(1 - mean, 2) + Math.Pow(2 - mean, 2) + Math.Pow(4 - mean, 2)) / 3);
        Close([(1 - mean) / deviation, (2 - mean) / deviation, (4 - mean) / deviation], norm.call(x)[0]);

        using Embedding embedding = nn.Embedding(4, 2, padding_idx: 0);
        Tensor rows = embedding.call(tensor(new long[] { 0, 3 }));
        Assert.Equal([0f, 0], Values(rows[0]));
        rows.sum().backward();
        Assert.Equal([0f, 0, 0, 0, 0, 0, 1, 1], Values(embedding.weight!.grad!));
    }

    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly Linear first = nn.Linear(3, 2);
        private readonly ModuleList<Linear> blocks = nn.ModuleList(nn.Linear(2, 2, hasBias: false), nn.Linear(2, 1, hasBias: false));
        private readonly Parameter scale = nn.Parameter(randn(1));
        private readonly Tensor offset = ones(1);
        private readonly Dropout drop = nn.Dropout(0.5);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor state = drop.call(first.call(input));
            foreach (Linear block in blocks) state = block.call(state);
            return (state * scale) + offset;
        }
    }
}
