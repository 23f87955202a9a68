using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

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
        Assert.Equal(["first", "blocks"], network.named_children().Select(named => named.name));
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
    public void Layer_norm_equals_its_formula_and_uniform_values_stay_in_their_range()
    {
        double mean = 7.0 / 3;
        double deviation = Math.Sqrt((Math.Pow(1 - mean, 2) + Math.Pow(2 - mean, 2) + Math.Pow(4 - mean, 2)) / 3);
        Tensor x = Reference.Of([1, 2, 4, 0, -1, 3], 2, 3);
        Reference.Close([(1 - mean) / deviation, (2 - mean) / deviation, (4 - mean) / deviation], nn.functional.layer_norm(x, [3], eps: 1e-12)[0]);

        float[] drawn = Reference.Values(nn.init.uniform_(empty(1000), -0.5, 2));
        Assert.All(drawn, value => Assert.InRange(value, -0.5f, 2f));
        Assert.InRange(drawn.Average(), 0.65, 0.85);
    }

    private sealed class Product : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;
        private readonly Parameter? bias;

        public Product(long inputs, long outputs, bool hasBias = true)
            : base(nameof(Product))
        {
            weight = nn.Parameter(nn.init.uniform_(empty(outputs, inputs), -1, 1));
            bias = hasBias ? nn.Parameter(zeros(outputs)) : null;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => nn.functional.linear(input, weight, bias);
    }

    private sealed class Network : nn.Module<Tensor, Tensor>
    {
        private readonly Product first = new(3, 2);
        private readonly ModuleList<Product> blocks = nn.ModuleList(new Product(2, 2, hasBias: false), new Product(2, 1, hasBias: false));
        private readonly Parameter scale = nn.Parameter(randn(1));
        private readonly Tensor offset = ones(1);

        public Network() : base(nameof(Network)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor state = nn.functional.dropout(first.call(input), 0.5, training);
            foreach (Product block in blocks) state = block.call(state);
            return (state * scale) + offset;
        }
    }
}
