using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    public static readonly Device META = new(DeviceType.META);

    public static Device CUDA => new(DeviceType.CUDA);

    public static Device device(string description) => new(description);

    public static Device device(string deviceType, int index = -1) => new(deviceType, index);

    public static Device device(DeviceType deviceType, int index = -1) => new(deviceType, index);

    public static Device device(int index) => new(index);

    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>Checks that a kind of device can be used.</summary>
    /// <exception cref="InvalidOperationException">It cannot.</exception>
    public static void InitializeDeviceType(DeviceType deviceType)
    {
        if (!TryInitializeDeviceType(deviceType))
        {
            throw new InvalidOperationException($"Torch device type {deviceType} did not initialise on the current machine.");
        }
    }

    public static bool TryInitializeDeviceType(DeviceType deviceType) =>
        deviceType is DeviceType.CPU or DeviceType.META || NativeMethods.um_device_count((int)deviceType) > 0;

    public static Device InitializeDevice(Device? device)
    {
        device ??= CPU;
        InitializeDeviceType(device.type);
        return device;
    }

    /// <summary>A kind of device and, where there are several, its number.</summary>
    public class Device
    {
        public Device(string description)
        {
            string[] parts = description.Split(':');
            type = ParseType(parts[0]);
            index = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : -1;
        }

        public Device(string deviceType, int index = -1)
        {
            type = ParseType(deviceType);
            this.index = index;
        }

        public Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index;
        }

        public Device(int index)
        {
            type = DeviceType.CUDA;
            this.index = index;
        }

        public DeviceType type { get; }

        public int index { get; }

        public static implicit operator Device(string description) => new(description);

        public override string ToString() =>
            type == DeviceType.CPU || index < 0 ? type.ToString().ToLowerInvariant() : $"{type.ToString().ToLowerInvariant()}:{index}";

        private static DeviceType ParseType(string name) => Enum.Parse<DeviceType>(name.ToUpperInvariant());
    }

    /// <summary>CUDA devices, where libtorch was built with them.</summary>
    public static partial class cuda
    {
        public static bool is_available() => NativeMethods.um_has_cuda() != 0 && device_count() > 0;

        public static int device_count() => NativeMethods.um_device_count((int)DeviceType.CUDA);

        /// <summary>Waits for the work that was queued on a device.</summary>
        public static void synchronize(Device? device = null) =>
            NativeMethods.Check(NativeMethods.um_synchronize((int)DeviceType.CUDA, device?.index ?? -1));

        public static void manual_seed(long seed) => torch.manual_seed(seed);

        public static void manual_seed_all(long seed) => torch.manual_seed(seed);
    }
}
