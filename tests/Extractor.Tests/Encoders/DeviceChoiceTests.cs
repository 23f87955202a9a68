using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.Encoders;

namespace UniM2Rec.Tests.Encoders;

public class DeviceChoiceTests
{
    [Fact]
    public void Without_a_driver_auto_takes_the_processor_and_says_no_more_than_that()
    {
        var notes = new List<string>();

        Assert.Equal(DeviceChoice.Cpu, DeviceChoice.Resolve("auto", notes.Add, () => 0));

        Assert.Equal(["device: cpu (auto; no NVIDIA driver)"], notes);
    }

    [Theory]
    [InlineData("cuda", 0, "no NVIDIA driver")]
    [InlineData("cuda:2", 2, "the NVIDIA driver has 2 GPUs, numbered from 0")]
    public void A_gpu_that_is_not_there_is_an_error_that_says_what_this_stack_needs(string request, int gpus, string reason)
    {
        var error = Assert.Throws<UserErrorException>(() => DeviceChoice.Resolve(request, _ => { }, () => gpus));

        Assert.Contains($"--device {request} was asked for, but CUDA can't be used here ({reason})", error.Message, StringComparison.Ordinal);
        Assert.Contains("--device cpu", error.Message, StringComparison.Ordinal);
        Assert.Contains("CUDA 13 and cuDNN 9", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("-p:Cuda", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_processor_is_taken_without_asking_for_gpus() =>
        Assert.Equal(DeviceChoice.Cpu, DeviceChoice.Resolve("cpu", _ => { }, () => throw new InvalidOperationException("asked")));

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:0:1")]
    [InlineData("")]
    public void Another_text_is_refused(string request) =>
        Assert.Contains($"the device '{request}' is unknown", Assert.Throws<UserErrorException>(() => DeviceChoice.Resolve(request, _ => { }, () => 1)).Message, StringComparison.Ordinal);
}
