using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Shape, views and rearrangement.</summary>
    public partial class Tensor
    {
        public Tensor view(params long[] shape) => Call(Aten.view, this, shape);

        public Tensor view_as(Tensor other) => Call(Aten.view_as, this, other);

        public Tensor reshape(params long[] shape) => Call(Aten.reshape, this, shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Call(Aten.flatten_using_ints, this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes) => Call(Aten.unflatten_int, this, dim, sizes);

        public Tensor ravel() => Call(Aten.ravel, this);

        public Tensor t() => Call(Aten.t, this);

        public Tensor T => Call(Aten.numpy_T, this);

        public Tensor mT => Call(Aten.mT, this);

        public Tensor transpose(long dim0, long dim1) => Call(Aten.transpose_int, this, dim0, dim1);

        public Tensor transpose_(long dim0, long dim1) => Self(Call(Aten.transpose_, this, dim0, dim1));

        public Tensor swapaxes(long dim0, long dim1) => transpose(dim0, dim1);

        public Tensor permute(params long[] permutation) => Call(Aten.permute, this, permutation);

        public Tensor movedim(long[] source, long[] destination) => Call(Aten.movedim_intlist, this, source, destination);

        public Tensor expand(params long[] sizes) => Call(Aten.expand, this, sizes);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Call(Aten.expand, this, sizes, isImplicit);

        public Tensor expand_as(Tensor other) => Call(Aten.expand_as, this, other);

        public Tensor broadcast_to(params long[] shape) => Call(Aten.broadcast_to, this, shape);

        public Tensor repeat(params long[] sizes) => Call(Aten.repeat, this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) => Call(Aten.repeat_interleave_self_int, this, repeats, dim, output_size);

        public Tensor repeat_interleave(Tensor repeats, long? dim = null, long? output_size = null) => Call(Aten.repeat_interleave_self_Tensor, this, repeats, dim, output_size);

        public Tensor tile(long[] reps) => Call(Aten.tile, this, reps);

        public Tensor unsqueeze(long dim) => Call(Aten.unsqueeze, this, dim);

        public Tensor unsqueeze_(long dim) => Self(Call(Aten.unsqueeze_, this, dim));

        public Tensor squeeze(long? dim = null) => dim is { } given ? Call(Aten.squeeze_dim, this, given) : Call(Aten.squeeze, this);

        public Tensor squeeze_(long? dim = null) => Self(dim is { } given ? Call(Aten.squeeze__dim, this, given) : Call(Aten.squeeze_, this));

        public Tensor select(long dim, long index) => Call(Aten.select_int, this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Call(Aten.narrow, this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Call(Aten.slice_Tensor, this, dim, start, finish, step);

        public Tensor[] split(long size, int dim = 0) => Call(Aten.split_Tensor, this, size, (long)dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Call(Aten.split_with_sizes, this, sizes, dim);

        public Tensor[] split(params long[] sizes) => split(sizes, 0L);

        public Tensor[] tensor_split(long size, long dim = 0) => Call(Aten.tensor_split_sections, this, size, dim);

        public Tensor[] chunk(long chunks, long dim = 0) => Call(Aten.chunk, this, chunks, dim);

        public Tensor[] unbind(long dimension = 0) => Call(Aten.unbind_int, this, dimension);

        public Tensor unfold(long dimension, long size, long step) => Call(Aten.unfold, this, dimension, size, step);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0) => Call(Aten.as_strided, this, size, strides, storageOffset);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) => Call(Aten.diagonal, this, offset, dim1, dim2);

        public Tensor diag(long diagonal = 0) => Call(Aten.diag, this, diagonal);

        public Tensor diag_embed(long offset = 0, long dim1 = -2, long dim2 = -1) => Call(Aten.diag_embed, this, offset, dim1, dim2);

        public Tensor tril(long diagonal = 0) => Call(Aten.tril, this, diagonal);

        public Tensor tril_(long diagonal = 0) => Self(Call(Aten.tril_, this, diagonal));

        public Tensor triu(long diagonal = 0) => Call(Aten.triu, this, diagonal);

        public Tensor triu_(long diagonal = 0) => Self(Call(Aten.triu_, this, diagonal));

        public Tensor flip(params long[] dims) => Call(Aten.flip, this, dims);

        public Tensor roll(long shifts, long? dims = null) => dims is { } given ? Call(Aten.roll, this, shifts, given) : Call(Aten.roll, this, shifts);

        public Tensor roll(long[] shifts) => Call(Aten.roll, this, shifts);

        public Tensor roll(long[] shifts, long[] dims) => Call(Aten.roll, this, shifts, dims);
    }
}
