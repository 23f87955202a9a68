using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace UniM2Rec.Features;

/// <summary>
/// The rows of one shard while they are made. Rows may be set in any order and from several threads; a row that is never set stays
/// absent. Made by <see cref="ModalityWriter.NewShard"/>; dispose it after the commit.
/// </summary>
public sealed unsafe class ShardBuffer : IDisposable
{
    private readonly ModalitySpecification _modality;
    private readonly ShardMemory _memory;
    private readonly byte[] _present;
    private byte[]? _content;
    private byte* _embeddings;

    internal ShardBuffer(ModalitySpecification modality, ShardRange range, ShardMemory memory)
    {
        (this._modality, Range, this._memory) = (modality, range, memory);
        _present = new byte[range.Rows];
        ByteLength = (long)range.Rows * modality.Width * modality.Type.Size();
        _embeddings = memory.Rent(ByteLength);
    }

    /// <summary>Positions that this shard holds; in a store that has not grown, these are rows of the store (<see cref="ModalityWriter.RowAt"/>).</summary>
    public ShardRange Range { get; }

    /// <summary>Rows set so far.</summary>
    public int PresentCount => _present.Count(flag => flag != 0);

    /// <summary>What the maker of the rows wants to find again with them (docs/FORMAT.md); null for nothing.</summary>
    public string? Note { get; set; }

    internal long ByteLength { get; }

    internal ReadOnlySpan<byte> Present => _present;

    internal ReadOnlySpan<byte> Content => _content;

    internal byte* Embeddings => _embeddings;

    /// <summary>Whether all numbers of a vector are finite, also as the store's type.</summary>
    public bool CanHold(ReadOnlySpan<float> vector)
    {
        // NaN makes the maximum NaN, which no comparison holds for. 65520 is the first single that rounds to infinity as a half.
        float largest = TensorPrimitives.MaxMagnitude(vector);
        return MathF.Abs(largest) < (_modality.Type == FeatureType.Float16 ? 65520f : float.PositiveInfinity);
    }

    /// <summary>Says what a row is made from, present or not; once it is said of one row, it is said of all of the shard.</summary>
    /// <param name="row">position of the row</param>
    /// <param name="content">[<see cref="RowContent.Bytes"/>]: a hash; zeros for nothing</param>
    /// <exception cref="ArgumentOutOfRangeException">the row is not in this shard</exception>
    public void SetContent(int row, ReadOnlySpan<byte> content)
    {
        int local = Local(row);
        lock (_present)
            _content ??= new byte[(long)Range.Rows * RowContent.Bytes];
        content[..RowContent.Bytes].CopyTo(_content.AsSpan(local * RowContent.Bytes));
    }

    /// <summary>Sets a row and marks it as present.</summary>
    /// <param name="row">position of the row</param>
    /// <param name="vector">[width]</param>
    /// <exception cref="Diagnostics.UserErrorException">a number is not finite, or too large for float16</exception>
    /// <exception cref="ArgumentOutOfRangeException">the row is not in this shard</exception>
    public void Set(int row, ReadOnlySpan<float> vector)
    {
        int local = Local(row);
        if (vector.Length != _modality.Width)
            throw new ArgumentException($"a vector of {vector.Length} numbers; the modality has {_modality.Width}", nameof(vector));
        ObjectDisposedException.ThrowIf(_embeddings == null, this);
        if (!CanHold(vector))
            StoreErrors.BadVector(_modality.Name, _modality.EncoderName, row, _modality.Type);
        byte* to = _embeddings + (long)local * _modality.Width * _modality.Type.Size();
        if (_modality.Type == FeatureType.Float16)
            TensorPrimitives.ConvertToHalf(vector, new Span<Half>(to, vector.Length));
        else
            vector.CopyTo(new Span<float>(to, vector.Length));
        _present[local] = 1;
    }

    private int Local(int row) => (uint)(row - Range.FirstRow) < (uint)Range.Rows
        ? row - Range.FirstRow
        : throw new ArgumentOutOfRangeException(nameof(row), row, $"the shard has rows {Range.FirstRow} to {Range.FirstRow + Range.Rows - 1}");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_embeddings != null)
            _memory.Return(_embeddings, ByteLength);
        _embeddings = null;
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the rows of a buffer that was not disposed.</summary>
    ~ShardBuffer() => NativeMemory.Free(_embeddings);
}
