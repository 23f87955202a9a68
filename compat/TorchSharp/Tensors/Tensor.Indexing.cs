using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Indexing with numbers, slices, new axes and index tensors, as in Python.</summary>
    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor index(params TensorIndex[] indices)
        {
            (Tensor view, List<Tensor?> advanced, List<Tensor> passing) = Narrow(indices);
            try
            {
                if (advanced.Count == 0)
                {
                    passing.Remove(view);
                    return ReferenceEquals(view, this) ? alias() : view;
                }
                return Call(Aten.index_Tensor, view, Argument.OptionalTensors(advanced, stackalloc nint[advanced.Count]));
            }
            finally
            {
                foreach (Tensor tensor in passing) tensor.Dispose();
            }
        }

        public Tensor index(params Tensor[] indices) => index(AsIndices(indices));

        public Tensor index_put_(Tensor value, params TensorIndex[] indices) => index_put_(value, indices, false);

        public Tensor index_put_(Tensor value, TensorIndex[] indices, bool accumulate = false)
        {
            (Tensor view, List<Tensor?> advanced, List<Tensor> passing) = Narrow(indices);
            try
            {
                if (advanced.Count > 0)
                {
                    Call(Aten.index_put_, view, Argument.OptionalTensors(advanced, stackalloc nint[advanced.Count]), value, accumulate);
                }
                else if (accumulate)
                {
                    view.add_(value);
                }
                else
                {
                    view.copy_(value);
                }
                return this;
            }
            finally
            {
                foreach (Tensor tensor in passing) tensor.Dispose();
            }
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => index_put_(value, AsIndices(indices), false);

        public Tensor index_put_(Tensor value, Tensor[] indices, bool accumulate = false) => index_put_(value, AsIndices(indices), accumulate);

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using Tensor filled = full([], value, dtype, device);
            return index_put_(filled, indices, false);
        }

        public Tensor index_put_(Scalar value, params Tensor[] indices) => index_put_(value, AsIndices(indices));

        private static TensorIndex[] AsIndices(Tensor[] indices) => Array.ConvertAll(indices, TensorIndex.Tensor);

        // Applies the plain indices (numbers, slices, new axes) as views and collects the index tensors by dimension.
        private (Tensor View, List<Tensor?> Advanced, List<Tensor> Passing) Narrow(TensorIndex[] indices)
        {
            Tensor view = this;
            var advanced = new List<Tensor?>();
            var passing = new List<Tensor>();
            long taken = indices.Sum(index => index.DimensionsTaken);
            int dim = 0;
            foreach (TensorIndex index in indices)
            {
                if (index.Kind == TensorIndex.IndexKind.Tensor)
                {
                    while (advanced.Count < dim) advanced.Add(null);
                    advanced.Add(index.Index!);
                    dim += (int)index.DimensionsTaken;
                    continue;
                }
                if (index.Kind == TensorIndex.IndexKind.Ellipsis)
                {
                    dim += (int)(Dimensions - taken);
                    continue;
                }
                Tensor next = index.ApplyTo(view, dim);
                if (!ReferenceEquals(next, view)) passing.Add(next);
                view = next;
                if (index.Kind != TensorIndex.IndexKind.Single) dim++;
            }
            return (view, advanced, passing);
        }
    }
}
