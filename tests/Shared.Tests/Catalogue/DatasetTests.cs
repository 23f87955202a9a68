using UniM2Rec.Catalogue;
using UniM2Rec.Diagnostics;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.Catalogue;

public sealed class DatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public DatasetTests() => folder.Write("dataset.json", """
        // a comment
        {"name": "shop", "domains": ["home", "office"], "images": "pictures",}
        """);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Opening_reads_name_domains_and_pictures_folder()
    {
        var dataset = Dataset.Open(folder.Path);
        Assert.Equal("shop", dataset.Name);
        Assert.Equal(["home", "office"], dataset.Domains);
        Assert.Equal(folder["pictures"], dataset.ImagesFolder);
        Assert.Equal(folder.Path, dataset.Folder);
    }

    [Fact]
    public void A_missing_folder_is_named() =>
        AssertRefused("dataset folder", "does not exist", () => Dataset.Open(folder["nowhere"]));

    [Fact]
    public void A_folder_without_dataset_json_is_named()
    {
        Directory.CreateDirectory(folder["empty"]);
        AssertRefused("has no dataset.json", "unim2rec-extract import", () => Dataset.Open(folder["empty"]));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("""{"domains": ["a"]}""", "has no name")]
    [InlineData("""{"name": "x", "domains": []}""", "has no list of domains")]
    [InlineData("""{"name": "x", "domains": ["a", "a"]}""", "names the domain 'a' twice")]
    [InlineData("""{"name": "x", "domains": ["../a"]}""", "can't be the name of a folder")]
    [InlineData("""{"name": "x", "domains": [3]}""", "can't be the name of a folder")]
    [InlineData("""{"name": "x", "domains": ["a"], "images": 3}""", "has a images that is not a text")]
    public void A_dataset_json_that_is_not_as_documented_is_refused(string json, string message)
    {
        folder.Write("dataset.json", json);
        AssertRefused(message, "expected {\"name\"", () => Dataset.Open(folder.Path));
    }

    [Fact]
    public void An_unknown_domain_is_refused_with_the_known_and_the_nearest() =>
        AssertRefused("unknown domain 'ofice'", "(did you mean 'office'?); known: home, office",
            () => Dataset.Open(folder.Path).ReadItems("ofice", new RejectLog(null)));

    [Fact]
    public void Item_text_joins_what_is_there()
    {
        Assert.Equal("Lamp. Light. Lux", new Item { Title = "Lamp", Category = "Light", Brand = "Lux", Description = "x" }.Text);
        Assert.Equal("Lamp. Lux", new Item { Title = "Lamp", Brand = "Lux" }.Text);
        Assert.Equal("Light", new Item { Category = "Light" }.Text);
        Assert.Equal("", new Item().Text);
    }

    [Theory]
    [InlineData("a.jpg", true)]
    [InlineData("a/b/c.jpg", true)]
    [InlineData("a/../b.jpg", true)]
    [InlineData("..jpg", true)]
    [InlineData("../a.jpg", false)]
    [InlineData("a/../../b.jpg", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("\\\\server\\a.jpg", false)]
    [InlineData("C:\\a.jpg", false)]
    [InlineData("..\\a.jpg", false)]
    [InlineData(".", false)]
    public void Pictures_stay_inside_their_folder(string image, bool inside)
    {
        var item = new Item { Domain = "home", ItemId = "1", Image = image };
        var dataset = Dataset.Open(folder.Path);
        if (inside)
            Assert.StartsWith(folder["pictures"] + Path.DirectorySeparatorChar, dataset.ResolveImage(item));
        else
            AssertRefused($"names the picture '{image}', which is outside", "expected a path inside it", () => dataset.ResolveImage(item));
    }

    [Fact]
    public void An_item_without_picture_has_no_path_and_one_without_pictures_folder_is_refused()
    {
        Assert.Null(Dataset.Open(folder.Path).ResolveImage(new Item()));
        folder.Write("dataset.json", """{"name": "shop", "domains": ["home"]}""");
        AssertRefused("names no pictures folder", "add \"images\"",
            () => Dataset.Open(folder.Path).ResolveImage(new Item { ItemId = "1", Image = "a.jpg" }));
    }

    [Fact]
    public void The_fingerprint_depends_on_values_and_not_on_their_spelling()
    {
        folder.Write("office/items.csv", "item_id\n");
        string Fingerprint(string items)
        {
            folder.Write("home/items.csv", items);
            return Dataset.Open(folder.Path).ComputeFingerprint();
        }

        string plain = Fingerprint("item_id,title,brand\n1,Lamp,Lux\n2,Chair,\n");
        Assert.Equal(64, plain.Length);
        Assert.Equal(plain, Fingerprint("\uFEFFbrand,colour,title,item_id\r\nLux,red,\"Lamp\",1\r\n\r\n,blue,Chair,2\r\n"));
        Assert.NotEqual(plain, Fingerprint("item_id,title,brand\n1,Lamp,Lux\n2,Chairs,\n"));
        Assert.NotEqual(plain, Fingerprint("item_id,title,brand\n2,Chair,\n1,Lamp,Lux\n"));
        Assert.NotEqual(plain, Fingerprint("item_id,title,category\n1,Lamp,Lux\n2,Chair,\n"));
    }

    private static void AssertRefused(string found, string expected, Func<object?> open)
    {
        string message = Assert.Throws<UserErrorException>(open).Message;
        Assert.Contains(found, message);
        Assert.Contains(expected, message);
    }
}
