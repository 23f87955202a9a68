using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

internal static unsafe partial class NativeMethods
{
    [LibraryImport(Library)]
    public static partial void um_tensor_release(nint tensor);

    [LibraryImport(Library)]
    public static partial nint um_tensor_alias(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial long um_tensor_dim(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial long um_tensor_numel(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial long um_tensor_storage_offset(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial long um_tensor_itemsize(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int um_tensor_dtype(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial int um_tensor_is_contiguous(nint tensor);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void um_tensor_device(nint tensor, int* type, int* index);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void um_tensor_sizes(nint tensor, long* sizes);

    [LibraryImport(Library), SuppressGCTransition]
    public static partial void um_tensor_strides(nint tensor, long* strides);

    [LibraryImport(Library)]
    public static partial void* um_tensor_data(nint tensor);

    [LibraryImport(Library)]
    public static partial nint um_tensor_from_memory(
        void* data, long* sizes, int dims, int dtype, delegate* unmanaged<nint, void> deleter, nint context);

    [LibraryImport(Library)]
    public static partial int um_tensor_requires_grad(nint tensor);

    [LibraryImport(Library)]
    public static partial int um_tensor_is_leaf(nint tensor);

    [LibraryImport(Library)]
    public static partial int um_tensor_set_requires_grad(nint tensor, int value);

    [LibraryImport(Library)]
    public static partial int um_tensor_retain_grad(nint tensor);

    [LibraryImport(Library)]
    public static partial nint um_tensor_grad(nint tensor);

    [LibraryImport(Library)]
    public static partial int um_tensor_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)]
    public static partial int um_tensor_set_data(nint tensor, nint data);
}
