using static TorchSharp.torch;

namespace UniM2Rec.Trainer.Data;

/// <summary>
/// The way between the processor's memory and the device that trains. What a training step sends or asks for goes through here (but Torch's clipping of gradients, which asks by
/// itself), so that a GPU gets it while it is at work, and a test can count it: each answer waits for all that was begun before.
/// </summary>
internal static class HostDevice
{
    [ThreadStatic]
    private static HostDeviceCount? _count;

    /// <summary>Numbers on a device.</summary>
    /// <param name="values">What is sent.</param>
    /// <param name="device">Where to.</param>
    /// <returns>[values]</returns>
    public static Tensor Send(long[] values, Device device) => Send(tensor(values), device);

    /// <inheritdoc cref="Send(long[], Device)"/>
    public static Tensor Send(float[] values, Device device) => Send(tensor(values), device);

    /// <summary>A tensor of the processor's on a device.</summary>
    /// <param name="host">What is sent; on the processor it is the very tensor that comes back.</param>
    /// <param name="device">Where to.</param>
    public static Tensor Send(Tensor host, Device device)
    {
        if (_count is { } count) count.Sent++;
        // From pinned memory a copy to a GPU is made by its own engine; Torch keeps that memory until it is done.
        return device.type == DeviceType.CUDA ? host.pin_memory().to(device, non_blocking: true) : host.to(device);
    }

    /// <summary>A scalar's value; waits for all that the device has been given.</summary>
    public static float Ask(Tensor scalar)
    {
        if (_count is { } count) count.Asked++;
        return scalar.item<float>();
    }

    /// <summary>Values of the device's; waits for all that it has been given.</summary>
    /// <param name="values">float32, of any shape.</param>
    public static float[] AskAll(Tensor values)
    {
        if (_count is { } count) count.Asked++;
        using var scope = NewDisposeScope();
        return values.cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>Whole numbers of the device's; waits for all that it has been given.</summary>
    /// <param name="values">int64, of any shape.</param>
    public static long[] AskWhole(Tensor values)
    {
        if (_count is { } count) count.Asked++;
        using var scope = NewDisposeScope();
        return values.cpu().contiguous().data<long>().ToArray();
    }

    /// <summary>Where a mask is true; waits, as the device alone knows how many places that are.</summary>
    /// <param name="mask">[places] bool</param>
    /// <returns>int64, ascending.</returns>
    public static Tensor WhereTrue(Tensor mask)
    {
        if (_count is { } count) count.Asked++;
        return mask.nonzero().view(-1);
    }

    /// <summary>Counts what this thread sends and asks for until it is disposed of.</summary>
    public static HostDeviceCount Count() => _count = new HostDeviceCount(() => _count = null);
}

/// <summary>What a thread has sent to the device and asked of it.</summary>
internal sealed class HostDeviceCount(Action end) : IDisposable
{
    /// <summary>Tensors that were sent.</summary>
    public int Sent { get; set; }

    /// <summary>Times that it waited for an answer.</summary>
    public int Asked { get; set; }

    /// <inheritdoc/>
    public void Dispose() => end();
}
