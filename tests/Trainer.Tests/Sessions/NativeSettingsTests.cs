using System.Runtime.Intrinsics.X86;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

public class NativeSettingsTests
{
    [Fact]
    public void What_is_said_to_be_done_fits_the_machine_and_a_second_call_says_the_same()
    {
        string done = NativeSettings.Apply();
        Assert.Equal(done, NativeSettings.Apply());
        Assert.Equal(OperatingSystem.IsLinux(), done.Contains("freed memory kept", StringComparison.Ordinal));
        if (!Avx2.IsSupported) Assert.DoesNotContain("MKL", done, StringComparison.Ordinal);
    }

    [Fact]
    public void Matrix_products_are_right_with_the_kernels_that_were_chosen()
    {
        NativeSettings.Apply();
        manual_seed(3);
        using var scope = NewDisposeScope();
        var (a, b) = (randn(67, 129), randn(129, 83));
        var product = a.matmul(b);
        float[] x = a.data<float>().ToArray(), y = b.data<float>().ToArray(), z = product.data<float>().ToArray();
        for (int i = 0; i < 67; i++)
        {
            for (int j = 0; j < 83; j++) Assert.Equal(Enumerable.Range(0, 129).Sum(k => (double)x[(i * 129) + k] * y[(k * 83) + j]), z[(i * 83) + j], 1e-4);
        }
    }
}
