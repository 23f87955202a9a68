using OpenCvSharp;
using UniM2Rec.Extractor.Importing;

namespace UniM2Rec.Extractor.Synthesis;

/// <summary>Makes the catalogue and its pictures. Pictures are drawn in parallel; the bytes do not depend on the number of threads.</summary>
public static class Marketplace
{
    /// <summary>Folder of the pictures inside the catalogue.</summary>
    public const string ImagesFolder = "images";

    private const int JpegQuality = 88;

    /// <summary>Generates a marketplace.</summary>
    /// <param name="settings">What it is like.</param>
    /// <param name="folder">Folder of the catalogue; made where it does not exist.</param>
    /// <param name="progress">Shows how many pictures are drawn.</param>
    /// <param name="cancellation">Leaves before the catalogue gets its final names.</param>
    /// <returns>The domains, as they were written.</returns>
    /// <exception cref="UserErrorException">The folder can't be written to.</exception>
    public static IReadOnlyList<ImportedDomain> Generate(SynthSettings settings, string folder, IProgressSink progress, CancellationToken cancellation)
    {
        var items = Enumerable.Range(0, settings.Domains).Select(d => MarketItem.CreateDomain(settings, d)).ToArray();
        string[][] images = items.Select(domain => domain.Select(item => ImagePath(settings, item)).ToArray()).ToArray();
        DrawPictures(settings, folder, items, images, progress, cancellation);
        var events = new ShoppingSimulation(settings, items).Run(cancellation);
        var domains = items.Select((domain, d) => new ImportedDomain(
            Assortment.Domains[d].Name,
            [.. domain.Select(item => ItemDescription.Write(settings, item, images[d][item.Number]))],
            events[d])).ToArray();
        CatalogueExport.Write(folder, "marketplace", domains, ImagesFolder, cancellation);
        return domains;
    }

    private static string ImagePath(SynthSettings settings, MarketItem item)
    {
        var random = new SeededRandom(settings.Seed, RandomPurpose.MissingPicture, item.Domain << 24 | item.Number);
        return random.Chance(settings.MissingImage) ? "" : $"{Assortment.Domains[item.Domain].Name}/{item.Id}.jpg";
    }

    private static void DrawPictures(
        SynthSettings settings, string folder, MarketItem[][] items, string[][] images, IProgressSink progress, CancellationToken cancellation)
    {
        var wanted = items.SelectMany((domain, d) => domain.Select(item => (Item: item, Path: images[d][item.Number]))).Where(w => w.Path.Length > 0).ToArray();
        using var task = progress.Start("drawing pictures", wanted.Length, "pictures");
        for (int d = 0; d < settings.Domains; d++)
            Directory.CreateDirectory(Path.Combine(folder, ImagesFolder, Assortment.Domains[d].Name));
        Parallel.ForEach(
            wanted,
            new ParallelOptions { CancellationToken = cancellation },
            () => new ItemPicture(settings.ImageSize),
            (work, _, picture) =>
            {
                File.WriteAllBytes(Path.Combine(folder, ImagesFolder, work.Path), Encode(picture.Draw(settings, work.Item), settings.ImageSize));
                task.Advance();
                return picture;
            },
            _ => { });
    }

    private static byte[] Encode(byte[] pixels, int size)
    {
        using var picture = new Mat(size, size, MatType.CV_8UC3);
        System.Runtime.InteropServices.Marshal.Copy(pixels, 0, picture.Data, pixels.Length);
        Cv2.ImEncode(".jpg", picture, out byte[]? bytes, [(int)ImwriteFlags.JpegQuality, JpegQuality]);
        return bytes;
    }
}

/// <summary>What an item really is; its text and picture show it, its buyers choose by it.</summary>
/// <param name="Domain">Index of the domain.</param>
/// <param name="Number">Index within the domain.</param>
/// <param name="Category">Index within the domain's categories.</param>
/// <param name="Theme">Index of the theme.</param>
/// <param name="Color">Index of the colour.</param>
/// <param name="Brand">Index of the brand.</param>
/// <param name="Popularity">Weight, above 0, by which it is drawn.</param>
internal sealed record MarketItem(int Domain, int Number, int Category, int Theme, int Color, int Brand, double Popularity)
{
    /// <summary>Item id, unique over all domains.</summary>
    public string Id => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Assortment.Domains[Domain].Name[0]}{Domain}{Number:D5}");

    /// <summary>The items of one domain.</summary>
    public static MarketItem[] CreateDomain(SynthSettings settings, int domain)
    {
        bool isTarget = domain == settings.Domains - 1 && domain > 0;
        int count = isTarget ? Math.Max(1, (int)(settings.Items * settings.TargetItemShare)) : settings.Items;
        var items = new MarketItem[count];
        for (int number = 0; number < count; number++)
        {
            var random = new SeededRandom(settings.Seed, RandomPurpose.Attributes, domain << 24 | number);
            int theme = random.Below(Assortment.Themes.Length);
            int half = Assortment.Brands.Length / 2;
            int brand = random.Chance(0.7) ? theme + half * random.Below(2) : random.Below(Assortment.Brands.Length);
            // The rank is drawn, not the place in the list, so that popularity can't be read off the id.
            double rank = random.NextDouble() * count;
            items[number] = new(domain, number, random.Below(Assortment.CategoriesPerDomain), theme, random.Below(Assortment.Colors.Length), brand,
                Math.Pow(rank + count * 0.02 + 1, -settings.PopularitySkew));
        }

        return items;
    }
}
