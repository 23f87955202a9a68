using System.Diagnostics.CodeAnalysis;

namespace UniM2Rec.Catalogue;

/// <summary>The messages about catalogues.</summary>
internal static class CatalogueErrors
{
    [DoesNotReturn]
    public static void MissingFolder(string folder) => throw new UserErrorException(
        $"the dataset folder '{folder}' does not exist; expected a folder with {CatalogueLayout.DatasetFile}: check --dataset.");

    [DoesNotReturn]
    public static void MissingDatasetFile(string folder) => throw new UserErrorException(
        $"the folder '{folder}' has no {CatalogueLayout.DatasetFile}; expected the catalogue's name and domains in it: " +
        "write one, or make a catalogue with `unim2rec-extract import` or `synth`.");

    [DoesNotReturn]
    public static void BadDatasetFile(string path, string problem, Exception? failure = null) => throw new UserErrorException(
        $"'{path}' {problem}; expected {{\"name\": \"...\", \"domains\": [\"...\"], \"images\": \"...\"}} with images optional.", failure);

    [DoesNotReturn]
    public static void UnknownDomain(string domain, string folder, IReadOnlyList<string> known) => throw new UserErrorException(
        $"unknown domain '{domain}' in '{folder}'{NearestName.Suggestion(domain, known)}; known: {string.Join(", ", known)}.");

    [DoesNotReturn]
    public static void MissingTable(string path, string domain) => throw new UserErrorException(
        $"'{path}' does not exist; expected the table of domain '{domain}', which {CatalogueLayout.DatasetFile} names: " +
        "add the file or take the domain out.");

    [DoesNotReturn]
    public static void EmptyTable(string path) => throw new UserErrorException(
        $"'{path}' is empty; expected a first row with the names of the columns.");

    [DoesNotReturn]
    public static void BrokenCompression(string path, Exception failure) => throw new UserErrorException(
        $"'{path}' is not a whole gzip file ({failure.Message.TrimEnd('.')}); download it again.", failure);

    [DoesNotReturn]
    public static void WideCharacters(string path) => throw new UserErrorException(
        $"the first row of '{path}' has characters of value 0, as UTF-16 has without a byte order mark; expected UTF-8: convert the file, such as by 'iconv -f utf-16le -t utf-8'.");

    [DoesNotReturn]
    public static void MissingColumn(string path, string column, IReadOnlyList<string> found) => throw new UserErrorException(
        $"'{path}' has no column {column}{NearestName.Suggestion(column, found)}; its first row has: {Excerpt.Of(string.Join(", ", found), 400)}; " +
        $"name the column {column} there.");

    [DoesNotReturn]
    public static void DuplicateColumn(string path, string column) => throw new UserErrorException(
        $"'{path}' has the column {Excerpt.Of(column)} twice; expected it once: rename or remove one.");

    [DoesNotReturn]
    public static void BadHeader(string path, Exception failure) => throw new UserErrorException(
        $"the first row of '{path}' can't be read ({failure.Message}); expected the names of the columns as RFC 4180 writes them.", failure);

    [DoesNotReturn]
    public static void QuoteNeverClosed(string path, long line) => throw new UserErrorException(FormattableString.Invariant(
        $"the row of '{path}' that begins on line {line} opens a quote that is never closed, so that the rest of the file is one field; ") +
        "expected a closing quote: mend that row.");

    [DoesNotReturn]
    public static void RowTooLong(string path, long line, long limit) => throw new UserErrorException(FormattableString.Invariant(
        $"a row of '{path}' after line {line} is longer than {limit >> 20} MiB; expected shorter rows: ") +
        "look for a quote that is not closed.");

    [DoesNotReturn]
    public static void TooManyRejects(long rejected, long rows, double maxRate, string example, string? csvPath, string limit) =>
        throw new UserErrorException(FormattableString.Invariant(
            $"{rejected} of {rows} rows were rejected, which is more than {maxRate:0.###%} (first: {Excerpt.Of(example, 400)}); ") +
            (csvPath is null ? "" : $"all are in '{csvPath}': ") + $"mend the input or raise {limit}.");

    [DoesNotReturn]
    public static void ImageOutside(Item item, string imagesFolder) => throw new UserErrorException(
        $"item '{Excerpt.Of(item.ItemId)}' of domain '{item.Domain}' names the picture '{Excerpt.Of(item.Image)}', which is outside '{imagesFolder}'; " +
        "expected a path inside it.");

    [DoesNotReturn]
    public static void NoImagesFolder(Item item, string folder) => throw new UserErrorException(
        $"item '{Excerpt.Of(item.ItemId)}' of domain '{item.Domain}' names the picture '{Excerpt.Of(item.Image)}', but {CatalogueLayout.DatasetFile} in '{folder}' " +
        "names no pictures folder; add \"images\": \"<folder>\" to it.");
}
