using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static UniM2Rec.Tests.Torch.Reference;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class OptimizerTests : IDisposable
{
    private static readonly double[] Start = [1.0, -2.0, 0.5];
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adam_and_AdamW_follow_their_papers(bool decoupled)
    {
        const double Rate = 0.1;
        const double Decay = 0.01;
        Parameter parameter = nn.Parameter(Of(Start, 3));
        using OptimizerHelper optimizer = decoupled
            ? optim.AdamW([parameter], lr: Rate, weight_decay: Decay)
            : optim.Adam([parameter], lr: Rate, weight_decay: Decay);
        double[] x = [.. Start];
        var mean = new double[3];
        var square = new double[3];
        for (int step = 1; step <= 20; step++)
        {
            optimizer.zero_grad();
            (parameter * parameter * parameter).sum().backward();
            optimizer.step();
            for (int i = 0; i < 3; i++)
            {
                double gradient = 3 * x[i] * x[i];
                if (decoupled) x[i] *= 1 - (Rate * Decay);
                else gradient += Decay * x[i];
                mean[i] = (0.9 * mean[i]) + (0.1 * gradient);
                square[i] = (0.999 * square[i]) + (0.001 * gradient * gradient);
                double unbiasedMean = mean[i] / (1 - Math.Pow(0.9, step));
                double unbiasedSquare = square[i] / (1 - Math.Pow(0.999, step));
                x[i] -= Rate * unbiasedMean / (Math.Sqrt(unbiasedSquare) + 1e-8);
            }
        }
        Close(x, parameter, 1e-4);
    }

    [Fact]
    public void Momentum_accumulates_gradients()
    {
        Parameter parameter = nn.Parameter(Of(Start, 3));
        using SGD optimizer = optim.SGD([parameter], 0.1, momentum: 0.5);
        double[] x = [.. Start];
        var velocity = new double[3];
        for (int step = 0; step < 5; step++)
        {
            optimizer.zero_grad();
            (parameter * parameter).sum().backward();
            optimizer.step();
            for (int i = 0; i < 3; i++)
            {
                velocity[i] = (0.5 * velocity[i]) + (2 * x[i]);
                x[i] -= 0.1 * velocity[i];
            }
        }
        Close(x, parameter);
    }

    [Fact]
    public void Groups_have_their_own_rates_and_rates_can_be_changed()
    {
        Parameter slow = nn.Parameter(zeros(1));
        Parameter fast = nn.Parameter(zeros(1));
        using SGD optimizer = optim.SGD([new SGD.ParamGroup([slow], lr: 0.1), new SGD.ParamGroup([fast], lr: 1.0)], 0.5);
        (slow + fast).sum().backward();
        optimizer.step();
        Close([-0.1], slow);
        Close([-1], fast);
        foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = 2;
        optimizer.step();
        Close([-2.1], slow);
        Close([-3], fast);
    }

    [Fact]
    public void Clipping_scales_all_gradients_together()
    {
        Parameter a = nn.Parameter(zeros(1));
        Parameter b = nn.Parameter(zeros(1));
        ((a * 3) + (b * 4)).sum().backward();
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-5);
        Close([0.6], a.grad!);
        Close([0.8], b.grad!);
    }

    [Fact]
    public void State_can_be_carried_to_another_optimizer()
    {
        Parameter first = nn.Parameter(Of(Start, 3));
        Parameter second = nn.Parameter(Of(Start, 3));
        using Adam one = optim.Adam([first]);
        using Adam other = optim.Adam([second]);
        Advance(first, one);
        using (no_grad()) second.copy_(first);
        other.load_state_dict(one.state_dict());
        Advance(first, one);
        Advance(second, other);
        Assert.True(first.Equals(second));

        static void Advance(Parameter parameter, Adam optimizer)
        {
            optimizer.zero_grad();
            (parameter * parameter).sum().backward();
            optimizer.step();
        }
    }
}
