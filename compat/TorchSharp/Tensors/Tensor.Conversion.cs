using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Copies, element types and devices.</summary>
    public partial class Tensor
    {
        public Tensor clone() => Call(Aten.clone, this);

        public Tensor contiguous() => Call(Aten.contiguous, this);

        public Tensor cpu() => to(DeviceType.CPU);

        public Tensor cuda(Device? device = null, bool non_blocking = false)
        {
            if (device is not null && device.type != DeviceType.CUDA) throw new ArgumentException("Not a CUDA device.", nameof(device));
            return to(DeviceType.CUDA, device?.index ?? -1, non_blocking: non_blocking);
        }

        public Tensor to(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to_type(type, copy, disposeAfter, non_blocking);

        public Tensor to_type(ScalarType type, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            Replaced(Call(Aten.to_dtype, this, type, non_blocking, copy), disposeAfter);

        public Tensor to(Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(device.type, device.index, copy, disposeAfter, non_blocking);

        public Tensor to(string device, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(new Device(device), copy, disposeAfter, non_blocking);

        public Tensor to(DeviceType deviceType, int deviceIndex = -1, bool copy = false, bool disposeAfter = false, bool non_blocking = false) =>
            to(dtype, new Device(deviceType, deviceIndex), copy, disposeAfter, non_blocking);

        public Tensor to(ScalarType type, Device device, bool copy = false, bool disposeAfter = false, bool non_blocking = false)
        {
            InitializeDeviceType(device.type);
            return Replaced(Call(Aten.to_device, this, device, type, non_blocking, copy), disposeAfter);
        }

        public Tensor to(Tensor other, bool non_blocking = false) => to(other.dtype, other.device, non_blocking: non_blocking);

        public Tensor type(ScalarType dtype) => to(dtype);

        public Tensor type_as(Tensor tensor) => to_type(tensor.dtype);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);

        public Tensor half() => to_type(ScalarType.Float16);

        public Tensor bfloat16() => to_type(ScalarType.BFloat16);

        public Tensor @long() => to_type(ScalarType.Int64);

        public Tensor @int() => to_type(ScalarType.Int32);

        public Tensor @short() => to_type(ScalarType.Int16);

        public Tensor @byte() => to_type(ScalarType.Byte);

        public Tensor @char() => to_type(ScalarType.Int8);

        public Tensor @bool() => to_type(ScalarType.Bool);

        public static explicit operator float(Tensor value) => value.ToSingle();

        public static explicit operator double(Tensor value) => value.ToDouble();

        public static explicit operator sbyte(Tensor value) => value.ToSByte();

        public static explicit operator byte(Tensor value) => value.ToByte();

        public static explicit operator short(Tensor value) => value.ToInt16();

        public static explicit operator int(Tensor value) => value.ToInt32();

        public static explicit operator long(Tensor value) => value.ToInt64();

        public static explicit operator bool(Tensor value) => value.ToBoolean();

        public static implicit operator Tensor(Scalar scalar) => scalar.IsBoolean ? tensor(scalar.Integer != 0)
            : scalar.IsIntegral ? tensor(scalar.Integer, scalar.Type) : tensor(scalar.Real, scalar.Type);

        private Tensor Replaced(Tensor result, bool disposeAfter)
        {
            if (disposeAfter) Dispose();
            return result;
        }
    }
}
