namespace TorchSharp;

public static partial class torch
{
    /// <summary>One part of an indexing expression.</summary>
    public struct TensorIndex
    {
        public static TensorIndex Ellipsis = new() { Kind = IndexKind.Ellipsis };

        public static TensorIndex None = new() { Kind = IndexKind.None };

        public static TensorIndex Null = new() { Kind = IndexKind.None };

        public static TensorIndex Colon = Slice();

        private long? _first;
        private long? _stop;
        private long? _step;

        internal enum IndexKind
        {
            None,
            Single,
            Ellipsis,
            Bool,
            Tensor,
            Slice,
        }

        internal IndexKind Kind { get; private init; }

        internal Tensor? Index { get; private init; }

        /// <summary>How many dimensions of the tensor this part stands for.</summary>
        internal readonly long DimensionsTaken => Kind switch
        {
            IndexKind.Single or IndexKind.Slice => 1,
            IndexKind.Tensor => Index!.dtype is ScalarType.Bool or ScalarType.Byte ? Math.Max(1, Index.Dimensions) : 1,
            _ => 0,
        };

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) =>
            new() { Kind = IndexKind.Slice, _first = start, _stop = stop, _step = step };

        public static TensorIndex Slice((int? start, int? end) range) => Slice((long?)range.start, (long?)range.end);

        public static TensorIndex Slice(Range range) => Slice(
            range.Start.IsFromEnd ? -range.Start.Value : range.Start.Value,
            !range.End.IsFromEnd ? range.End.Value : range.End.Value == 0 ? null : -range.End.Value);

        public static TensorIndex Bool(bool value) => new() { Kind = IndexKind.Bool, _first = value ? 1 : 0 };

        public static TensorIndex Single(long? index) => new() { Kind = IndexKind.Single, _first = index };

        public static TensorIndex Tensor(Tensor tensor) => new() { Kind = IndexKind.Tensor, Index = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        public static implicit operator TensorIndex(Index index) => Single(index.IsFromEnd ? -index.Value : index.Value);

        // A view of `tensor` at dimension `dim`, or the tensor itself where nothing is to be done.
        internal readonly Tensor ApplyTo(Tensor tensor, int dim)
        {
            switch (Kind)
            {
                case IndexKind.Single:
                    return tensor.select(dim, _first.GetValueOrDefault());
                case IndexKind.Slice when _first is null && _stop is null && _step is null:
                    return tensor;
                case IndexKind.Slice:
                    return tensor.slice(dim, _first ?? 0, _stop ?? long.MaxValue, _step ?? 1);
                case IndexKind.Bool:
                    using (Tensor expanded = tensor.unsqueeze(dim))
                    {
                        return expanded.narrow(dim, 0, _first.GetValueOrDefault());
                    }
                default:
                    return tensor.unsqueeze(dim);
            }
        }
    }
}
