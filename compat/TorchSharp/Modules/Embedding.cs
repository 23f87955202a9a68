using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Rows of a table [count, dim] by index, N(0, 1) at the start; the padding row is zero and gets no gradient.</summary>
    public sealed class Embedding : nn.Module<Tensor, Tensor>
    {
        private readonly long _paddingIndex;
        private readonly bool _scaleByFrequency;
        private readonly bool _sparse;
        [ComponentName(Name = nameof(weight))]
        private Parameter _weight;

        internal Embedding(Tensor table, bool freeze, long? padding_idx, bool scale_grad_by_freq, bool sparse) : base(nameof(Embedding))
        {
            _paddingIndex = padding_idx is { } given && given < 0 ? given + table.shape[0] : padding_idx ?? -1;
            _scaleByFrequency = scale_grad_by_freq;
            _sparse = sparse;
            _weight = New(table, nameof(weight));
            _weight.requires_grad = !freeze;
        }

        public Parameter? weight
        {
            get => _weight;
            set => ConditionallyRegisterParameter(nameof(weight), _weight = Replace(_weight, value)!);
        }

        public override Tensor forward(Tensor input) =>
            Interop.Dispatcher.Call(Interop.Aten.embedding, _weight, input, _paddingIndex, _scaleByFrequency, _sparse);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            /// <exception cref="ArgumentException">max_norm is given: renormalising rows at look-up is not offered.</exception>
            public static Modules.Embedding Embedding(
                long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                RefuseMaxNorm(max_norm);
                Tensor table = randn(num_embeddings, embedding_dims, dtype, device);
                if (padding_idx is { } padding)
                {
                    using Tensor row = table.select(0, padding);
                    row.zero_();
                }
                return new(table, false, padding_idx, scale_grad_by_freq, sparse);
            }

            public static Modules.Embedding Embedding_from_pretrained(
                Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2.0,
                bool scale_grad_by_freq = false, bool sparse = false, Device? device = null, ScalarType? dtype = null)
            {
                RefuseMaxNorm(max_norm);
                return new(embeddings.to(dtype ?? embeddings.dtype, device ?? embeddings.device).alias(), freeze, padding_idx, scale_grad_by_freq, sparse);
            }

            private static void RefuseMaxNorm(double? maxNorm)
            {
                if (maxNorm is not null) throw new ArgumentException("Embedding with max_norm is not supported.", nameof(maxNorm));
            }
        }
    }
}
