using static TorchSharp.torch;

namespace TorchSharp;

public static class ModuleExtensionMethods
{
    /// <summary>Converts a module's floating-point parameters and buffers.</summary>
    public static T to<T>(this T module, ScalarType type, bool non_blocking = false) where T : nn.Module => Converted(module, type, null);

    public static T to<T>(this T module, DeviceType deviceType, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module =>
        Converted(module, null, new Device(deviceType, deviceIndex));

    public static T to<T>(this T module, Device device, bool non_blocking = false) where T : nn.Module => Converted(module, null, device);

    public static T to<T>(this T module, Device device, ScalarType type, bool non_blocking = false) where T : nn.Module =>
        Converted(module, type, device);

    public static T to<T>(this T module, string device, bool non_blocking = false) where T : nn.Module => Converted(module, null, new Device(device));

    public static T to<T>(this T module, Tensor other, bool non_blocking = false) where T : nn.Module =>
        Converted(module, other.dtype, other.device);

    public static T cpu<T>(this T module, bool non_blocking = false) where T : nn.Module => Converted(module, null, CPU);

    public static T cuda<T>(this T module, int deviceIndex = -1, bool non_blocking = false) where T : nn.Module =>
        Converted(module, null, new Device(DeviceType.CUDA, deviceIndex));

    public static T @float<T>(this T module, bool non_blocking = false) where T : nn.Module => Converted(module, ScalarType.Float32, null);

    public static T @double<T>(this T module, bool non_blocking = false) where T : nn.Module => Converted(module, ScalarType.Float64, null);

    public static T half<T>(this T module, bool non_blocking = false) where T : nn.Module => Converted(module, ScalarType.Float16, null);

    public static T bfloat16<T>(this T module, bool non_blocking = false) where T : nn.Module => Converted(module, ScalarType.BFloat16, null);

    private static T Converted<T>(T module, ScalarType? dtype, Device? device) where T : nn.Module
    {
        if (dtype is { } type && !is_floating_point(type))
        {
            throw new ArgumentException($"nn.Module.to only accepts floating point or complex types, but got desired dtype={type}");
        }
        if (device is not null) InitializeDeviceType(device.type);
        module.Convert(dtype, device);
        return module;
    }
}
