using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace UniM2Rec.Trainer.Data;

/// <summary>A column of a log: an array, or a tensor of a mapped file, which must be open as long as it is read.</summary>
/// <typeparam name="T">Type of its numbers.</typeparam>
internal sealed unsafe class Column<T>
    where T : unmanaged
{
    private readonly T[]? _array;
    private readonly T* _mapped;

    private Column(T[] array)
    {
        _array = array;
        Length = array.Length;
    }

    private Column(ReadOnlySpan<T> mapped)
    {
        _mapped = (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(mapped));
        Length = mapped.Length;
    }

    /// <summary>How many numbers it has.</summary>
    public int Length { get; }

    /// <summary>One of them.</summary>
    public T this[int index] => _array is null && (uint)index < (uint)Length ? _mapped[index] : _array![index];

    /// <summary>The numbers [first, end).</summary>
    public ReadOnlySpan<T> Span(int first, int end)
    {
        if (_array is not null) return _array.AsSpan(first, end - first);
        return new ReadOnlySpan<T>(_mapped, Length)[first..end];
    }

    /// <summary>Of a tensor in a map, where it does not move.</summary>
    public static Column<T> Of(ReadOnlySpan<T> mapped) => new(mapped);

    /// <summary>Of an array.</summary>
    [return: NotNullIfNotNull(nameof(array))]
    public static implicit operator Column<T>?(T[]? array) => array is null ? null : new(array);
}

/// <summary>Users' ids as UTF-8, made texts when they are asked for: 5 million strings would take 300 MB.</summary>
/// <param name="text">The ids, one after the other.</param>
/// <param name="ends">By user: where in it the id ends.</param>
internal sealed class UserNames(Column<byte> text, Column<int> ends) : IReadOnlyList<string>
{
    /// <inheritdoc/>
    public int Count => ends.Length;

    /// <inheritdoc/>
    public string this[int user] => Encoding.UTF8.GetString(text.Span(user == 0 ? 0 : ends[user - 1], ends[user]));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (int user = 0; user < Count; user++) yield return this[user];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
