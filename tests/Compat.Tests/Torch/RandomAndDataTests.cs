using TorchSharp;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class RandomAndDataTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Fact]
    public void The_same_seed_gives_the_same_numbers()
    {
        float[] Draw()
        {
            manual_seed(42);
            return [.. randn(100).data<float>(), .. rand(10).data<float>(), .. randperm(10).to(ScalarType.Float32).data<float>()];
        }
        float[] first = Draw();
        Assert.Equal(first, Draw());
        Assert.NotEqual(first[..100], randn(100).data<float>().ToArray());
    }

    [Fact]
    public void A_generator_of_ones_own_is_independent_and_can_be_restored()
    {
        using var generator = new Generator(7);
        float[] first = rand(5, generator: generator).data<float>().ToArray();
        Tensor state = generator.get_state();
        float[] second = rand(5, generator: generator).data<float>().ToArray();
        generator.set_state(state);
        Assert.Equal(second, rand(5, generator: generator).data<float>().ToArray());
        generator.manual_seed(7);
        Assert.Equal(first, rand(5, generator: generator).data<float>().ToArray());
    }

    [Fact]
    public void Random_values_have_the_asked_distribution()
    {
        manual_seed(1);
        Tensor normal = empty(20_000).normal_(2, 3);
        Assert.Equal(2, normal.mean().ToDouble(), 0.1);
        Assert.Equal(3, normal.std().ToDouble(), 0.1);
        Tensor uniform = empty(20_000).uniform_(-1, 3);
        Assert.InRange(uniform.min().ToDouble(), -1, -0.99);
        Assert.Equal(1, uniform.mean().ToDouble(), 0.05);
        Assert.Equal(0.3, empty(20_000).bernoulli_(0.3).mean().ToDouble(), 0.02);
        Tensor kept = nn.functional.dropout(ones(20_000), 0.25, training: true);
        Assert.Equal(1, kept.mean().ToDouble(), 0.03);
        Assert.True(nn.functional.dropout(ones(10), 0.25, training: false).Equals(ones(10)));
    }

    [Fact]
    public void Arrays_go_in_and_come_out()
    {
        Assert.Equal([1f, 2, 3], tensor(new float[] { 1, 2, 3 }).data<float>().ToArray());
        Assert.Equal([2, 2], tensor(new long[,] { { 1, 2 }, { 3, 4 } }).shape);
        Assert.Equal([true, false], tensor(new[] { true, false }).data<bool>().ToArray());
        Assert.Equal(ScalarType.Float64, tensor(1.5).dtype);
        Assert.Equal(ScalarType.Int64, arange(3).dtype);
        Assert.Equal([0f, 0.5f, 1], arange(0, 1.5, 0.5).data<float>().ToArray());
        Assert.Equal([0f, 0.5f, 1], linspace(0, 1, 3).data<float>().ToArray());
        Assert.Equal([1f, 0, 0, 1], eye(2).data<float>().ToArray());
        float[] shared = [1, 2, 3];
        Tensor view = from_array(shared);
        shared[1] = 9;
        Assert.Equal(9, view[1].ToSingle());
        Tensor copied = tensor(shared);
        shared[1] = 5;
        Assert.Equal(9, copied[1].ToSingle());
    }

    [Fact]
    public void Elements_are_read_written_and_converted()
    {
        Tensor x = tensor(new float[] { 1.5f, -2 });
        x.data<float>()[1] = 4;
        Assert.Equal(4, x[1].item<float>());
        x.bytes = BitConverter.GetBytes(7f).Concat(BitConverter.GetBytes(8f)).ToArray();
        Assert.Equal([7f, 8], x.data<float>().ToArray());
        Assert.Equal([7L, 8], x.to(ScalarType.Int64).data<long>().ToArray());
        Assert.Equal(ScalarType.Float16, x.half().dtype);
        Assert.Equal(7, x.to(ScalarType.BFloat16)[0].to(ScalarType.Float32).item<float>());
        Assert.Equal(4, x.element_size());
        Assert.Equal(DeviceType.CPU, x.device_type);
        var into = new float[3];
        x.data<float>().CopyTo(into, 1);
        Assert.Equal([0, 7, 8], into);
    }
}
