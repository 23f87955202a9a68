using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Shape, type and place.</summary>
    public unsafe partial class Tensor
    {
        public long Dimensions => NativeMethods.um_tensor_dim(Handle);

        public long ndim => Dimensions;

        public long NumberOfElements => NativeMethods.um_tensor_numel(Handle);

        public long ElementSize => NativeMethods.um_tensor_itemsize(Handle);

        public ScalarType dtype => (ScalarType)NativeMethods.um_tensor_dtype(Handle);

        public long[] shape => size();

        public bool is_leaf => NativeMethods.um_tensor_is_leaf(Handle) != 0;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_meta => device_type == DeviceType.META;

        public Device device
        {
            get
            {
                (DeviceType type, int index) = DeviceOf();
                return new Device(type, index);
            }
        }

        public DeviceType device_type => DeviceOf().Type;

        public int device_index => DeviceOf().Index;

        public long dim() => Dimensions;

        public long numel() => NumberOfElements;

        public long element_size() => ElementSize;

        public bool is_cpu() => device_type == DeviceType.CPU;

        public bool is_contiguous() => NativeMethods.um_tensor_is_contiguous(Handle) != 0;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public long storage_offset() => NativeMethods.um_tensor_storage_offset(Handle);

        /// <exception cref="System.Runtime.InteropServices.ExternalException">There is no such dimension.</exception>
        public long size(int dim) => Call(Aten.size_int, this, (long)dim);

        public long[] size()
        {
            var sizes = new long[Dimensions];
            fixed (long* pinned = sizes) NativeMethods.um_tensor_sizes(Handle, pinned);
            return sizes;
        }

        public long stride(int dim) => Call(Aten.stride_int, this, (long)dim);

        public long[] stride()
        {
            var strides = new long[Dimensions];
            fixed (long* pinned = strides) NativeMethods.um_tensor_strides(Handle, pinned);
            return strides;
        }

        /// <summary>Shape, type and device, as in "[2x3], type = Float32, device = cpu"; no values.</summary>
        public override string ToString() => IsInvalid ? "" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        private (DeviceType Type, int Index) DeviceOf()
        {
            int type;
            int index;
            NativeMethods.um_tensor_device(Handle, &type, &index);
            return ((DeviceType)type, index);
        }
    }
}
