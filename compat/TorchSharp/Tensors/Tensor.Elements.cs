using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Indexing with numbers.</summary>
    public partial class Tensor
    {
        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1]
        {
            get => Element([i1]);
            set => Assign([i1], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2]
        {
            get => Element([i1, i2]);
            set => Assign([i1, i2], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3]
        {
            get => Element([i1, i2, i3]);
            set => Assign([i1, i2, i3], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[long i1, long i2, long i3, long i4]
        {
            get => Element([i1, i2, i3, i4]);
            set => Assign([i1, i2, i3, i4], value);
        }

        [System.Runtime.CompilerServices.IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => Element(indices);
            set => Assign(indices, value);
        }

        private Tensor Element(ReadOnlySpan<long> indices)
        {
            Tensor view = Call(Aten.select_int, this, 0L, indices[0]);
            foreach (long index in indices[1..])
            {
                using Tensor outer = view;
                view = Call(Aten.select_int, outer, 0L, index);
            }
            return view;
        }

        private void Assign(ReadOnlySpan<long> indices, Tensor value)
        {
            using Tensor element = Element(indices);
            element.copy_(value);
        }
    }
}
