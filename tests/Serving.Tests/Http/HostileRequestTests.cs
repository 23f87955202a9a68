using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using UniM2Rec.Serving;
using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Http;

/// <summary>Requests that anyone may have written: answered, or refused in one sentence; never a fault, and no file that the model does not name.</summary>
public sealed class HostileRequestTests(ServedMarket market) : IClassFixture<ServedMarket>
{
    private const string Sound = """{"history":[{"domain":"music","item":"m1","time":1},{"domain":"books","item":"b2","time":2.5}],"top":5,"domain":"music","exclude":[{"domain":"music","item":"m3"}],"categories":[""],"includeSeen":true,"why":true}""";

    public static TheoryData<string, string> Refused => new()
    {
        { "{}", "'user' and 'history'" },
        { """{"user":"1","history":[]}""", "'user' and 'history'" },
        { """{"history":[]}""", "empty" },
        { """{"history":[null]}""", "null" },
        { """{"history":[{"domain":"music"}]}""", "item" },
        { """{"history":[{"domain":"music","item":"x"}]}""", "is known" },
        { """{"history":[{"domain":"music","item":"m1","time":1},{"domain":"music","item":"m2"}]}""", "have a time" },
        { """{"history":[{"domain":"music","item":7}]}""", "item" },
        { """{"user":"1","top":0}""", "from 1 to 50" },
        { """{"user":"1","top":51}""", "from 1 to 50" },
        { """{"user":"1","top":1e99}""", "top" },
        { """{"user":"1","top":"5"}""", "top" },
        { """{"user":"1","tpo":5}""", "tpo" },
        { """{"user":"1","user":"2"}""", "user" },
        { """{"user":"1","categories":[null]}""", "'categories'" },
        { """{"user":"1","exclude":[null]}""", "'exclude'" },
        { """{"user":"1","domain":"../etc"}""", "'domain'" },
        { "[]", "can't be read" },
        { "null", "can't be read" },
        { "", "can't be read" },
        { """{"user":"\ud800"}""", "can't be read" },
        { """{"history":[[[[[[[[[[[[]]]]]]]]]]]]}""", "can't be read" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_wrong_is_one_sentence(string body, string said)
    {
        var answer = await market.PostBytes("/recommend", Encoding.UTF8.GetBytes(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains(said, ServedMarket.Sentence(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_that_are_too_long_or_of_another_kind_are_refused_and_unknown_users_not_found()
    {
        var events = Enumerable.Repeat(new { domain = "music", item = "m1" }, 101);
        Assert.Contains("100 are the most", ServedMarket.Sentence(await market.Post("/recommend", new { history = events })), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await market.Post("/recommend", new { user = new string('u', 30_000) })).Status);
        using (var page = await market.Client.PostAsync("/recommend", new StringContent(Sound, Encoding.UTF8, "text/plain"))) Assert.Equal(HttpStatusCode.UnsupportedMediaType, page.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await market.Post("/recommend", new { user = "nobody" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await market.Post("/similar", new { of = new { domain = "music", item = "zzz" } })).Status);
    }

    [Fact]
    public async Task Mutations_of_a_sound_request_are_answered_or_refused()
    {
        byte[] sound = Encoding.UTF8.GetBytes(Sound);
        Assert.Equal(HttpStatusCode.OK, (await market.PostBytes("/recommend", sound)).Status);
        int refused = 0;
        for (int seed = 0; seed < 1500; seed++)
        {
            var random = new Random(seed);
            byte[] body = Mutate(sound, random);
            var answer = await market.PostBytes(seed % 4 == 0 ? "/similar" : "/recommend", body);
            Assert.True(answer.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest or HttpStatusCode.NotFound, $"seed {seed}: {answer.Status} for {Encoding.Latin1.GetString(body)}");
            if (answer.Status != HttpStatusCode.OK)
            {
                ServedMarket.Sentence(answer);
                refused++;
            }
        }

        Assert.InRange(refused, 700, 1499);
        Assert.DoesNotContain(market.Said, line => line.Contains("could not be answered", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET /pictures/music/..%2F..%2Fetc%2Fpasswd HTTP/1.1")]
    [InlineData("GET /pictures/../../etc/passwd HTTP/1.1")]
    [InlineData("GET /pictures/music/%2e%2e%2f%2e%2e%2fpasswd HTTP/1.1")]
    [InlineData("GET /items/music/%00 HTTP/1.1")]
    [InlineData("GET /items/music/%ff%fe HTTP/1.1")]
    [InlineData("GET /pictures/music/m1 HTTP/1.1")]
    [InlineData("GET /users/..%2f HTTP/1.1")]
    public async Task No_path_of_a_request_reaches_a_file(string line)
    {
        string answer = await Raw($"{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 4(00|04) ", answer);
    }

    [Fact]
    public async Task Pages_of_other_names_are_not_answered()
    {
        Assert.StartsWith("HTTP/1.1 400 ", await Raw("GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200 ", await Raw("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_requests_than_the_service_takes_are_told_to_ask_again()
    {
        var (app, client) = await market.StartAsync(new ServingOptions { Model = market.Options.Model, MaxRequests = 1, Threads = 1 });
        await using (app)
        using (client)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(async _ =>
            {
                using var answer = await client.PostAsync("/recommend", new StringContent("""{"user":"1"}""", Encoding.UTF8, "application/json"));
                return (answer.StatusCode, answer.Headers.RetryAfter);
            }));
            Assert.All(answers, a => Assert.True(a.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable));
            Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.OK);
            Assert.Contains(answers, a => a.StatusCode == HttpStatusCode.ServiceUnavailable && a.RetryAfter is not null);
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health")).StatusCode);
            await app.StopAsync();
        }
    }

    [Fact]
    public async Task Pictures_come_from_the_table_and_links_lead_nowhere()
    {
        string pictures = market["pictures"];
        Directory.CreateDirectory(pictures);
        File.WriteAllText(market["secret.png"], "secret");
        File.WriteAllText(Path.Combine(pictures, "a.png"), "picture");
        File.CreateSymbolicLink(Path.Combine(pictures, "link.png"), market["secret.png"]);
        var shown = new Pictures(market.Options);
        using (var content = new StreamReader(shown.Open("a.png").Content)) Assert.Equal("picture", await content.ReadToEndAsync());
        foreach (string name in new[] { "link.png", "../secret.png", "missing.png", "a.exe", "." }) Assert.Throws<Serving.Model.RequestException>(() => shown.Open(name));
    }

    private async Task<string> Raw(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, market.Client.BaseAddress!.Port);
        await using var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync();
    }

    private static byte[] Mutate(byte[] sound, Random random)
    {
        var body = sound.ToList();
        for (int change = random.Next(4); change >= 0; change--)
        {
            int at = random.Next(body.Count);
            switch (random.Next(6))
            {
                case 0: body[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: body.RemoveRange(at, Math.Min(random.Next(1, 20), body.Count - at)); break;
                case 2: body.InsertRange(at, body.GetRange(0, random.Next(body.Count))); break;
                case 3: body.Insert(at, (byte)random.Next(256)); break;
                case 4: body.InsertRange(at, Encoding.UTF8.GetBytes(new[] { "null", "1e999", "-0", "\\ud800", "{}", "[", "true", "\"" }[random.Next(8)])); break;
                default: body.RemoveRange(at, body.Count - at); break;
            }

            if (body.Count == 0) body.Add((byte)'{');
        }

        return [.. body];
    }
}
