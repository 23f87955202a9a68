using System.Runtime.InteropServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace UniM2Rec.Tests.Torch;

[Collection(TorchCollection.Name)]
public sealed class LifetimeTests
{
    [Fact]
    public void A_scope_disposes_what_was_made_in_it_but_what_was_moved_out()
    {
        Tensor kept;
        Tensor detached;
        Tensor lost;
        using (DisposeScope outer = NewDisposeScope())
        {
            using (DisposeScope inner = NewDisposeScope())
            {
                lost = ones(2);
                kept = (lost * 2).MoveToOuterDisposeScope();
                detached = ones(3).DetachFromDisposeScope();
                Assert.True(inner.Contains(lost));
                Assert.True(outer.Contains(kept));
            }
            Assert.True(lost.IsInvalid);
            Assert.False(kept.IsInvalid);
            Assert.Equal(2, kept[0].ToSingle());
        }
        Assert.True(kept.IsInvalid);
        Assert.False(detached.IsInvalid);
        detached.Dispose();
        Assert.Throws<InvalidOperationException>(() => detached.Handle);
    }

    [Fact]
    public void The_count_of_live_tensors_stays_flat_over_training_steps()
    {
        using Parameter inner = nn.Parameter(randn(8, 6));
        using Parameter outer = nn.Parameter(randn(3, 8));
        Parameter[] parameters = [inner, outer];
        using Tensor input = randn(5, 6);
        using Tensor target = randint(3, new long[] { 5 });
        Step();
        long before = ThreadCount();
        for (int i = 0; i < 1000; i++) Step();
        Assert.Equal(before, ThreadCount());

        void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            foreach (Parameter parameter in parameters) parameter.grad = null;
            Tensor state = nn.functional.layer_norm(nn.functional.gelu(nn.functional.linear(input, inner)), [8]);
            Tensor loss = nn.functional.cross_entropy(nn.functional.linear(state, outer), target);
            loss.backward();
            nn.utils.clip_grad_norm_(parameters, 1);
            using var quiet = no_grad();
            foreach (Parameter parameter in parameters) parameter.add_(parameter.grad!, -1e-3);
        }

        static long ThreadCount() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;
    }

    [Fact]
    public void A_failed_operator_says_what_was_wrong()
    {
        using Tensor left = zeros(2, 3);
        using Tensor right = zeros(2, 3);
        var error = Assert.Throws<ExternalException>(() => left.matmul(right));
        Assert.Contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", error.Message);
        Assert.Throws<ExternalException>(() => left.view(5));
        Assert.Throws<ExternalException>(() => left.backward());
        Assert.Throws<ArgumentException>(() => left.data<double>());
    }
}
