using System.Text;

namespace UniM2Rec.Extractor.Importing;

/// <summary>Lines of a text, ended by LF, CR or both, none of them longer than a limit: a few packed bytes can hold a line without end.</summary>
internal sealed class BoundedLines(TextReader reader)
{
    /// <summary>Characters of a line.</summary>
    public const int Longest = 64 << 20;

    private readonly char[] _piece = new char[1 << 16];
    private int _at, _filled;
    private bool _endedByReturn;

    /// <summary>The next line; null after the last.</summary>
    /// <exception cref="LineTooLongException">It is longer than <see cref="Longest"/>.</exception>
    public string? Next()
    {
        StringBuilder? begun = null;
        while (_at < _filled || Fill())
        {
            bool endsReturn = _endedByReturn && _piece[_at] == '\n';
            _endedByReturn = false;
            if (endsReturn)
            {
                _at++;
                continue;
            }

            var rest = _piece.AsSpan(_at, _filled - _at);
            int end = rest.IndexOfAny('\n', '\r');
            var part = end < 0 ? rest : rest[..end];
            _at += end < 0 ? rest.Length : end + 1;
            if ((begun?.Length ?? 0) + part.Length > Longest)
                throw new LineTooLongException();
            if (end < 0)
            {
                (begun ??= new StringBuilder()).Append(part);
                continue;
            }

            _endedByReturn = rest[end] == '\r';
            return begun is null ? part.ToString() : begun.Append(part).ToString();
        }

        return begun?.ToString();
    }

    private bool Fill()
    {
        (_at, _filled) = (0, reader.Read(_piece, 0, _piece.Length));
        return _filled > 0;
    }

    /// <summary>A line goes on and on.</summary>
    internal sealed class LineTooLongException : Exception;
}
