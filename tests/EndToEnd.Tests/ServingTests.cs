using System.Text.Json;

namespace UniM2Rec.Tests;

/// <summary>The service as a program: what it answers is what recommend writes, and it ends and fails as the other programs do.</summary>
[Collection(MarketCollection.Name)]
public sealed class ServingTests(Market market)
{
    [Fact]
    public void A_service_answers_as_recommend_writes_and_ends_when_it_is_told_to()
    {
        ProgramUnderTest.Train.Run("export", "--run", market.FineTuned, "--out", market["served"], "--histories").Expect(0);
        ProgramUnderTest.Train.Run("recommend", "--run", market.FineTuned, "--out", market["all.csv"], "--top", "5", "--as-is").Expect(0);
        using var service = new ServiceUnderTest(market.Folder);
        string pictures = Path.Combine(market.Folder, "images");
        service.Start("--model", market["served"], "--images", pictures);
        string[] shown = File.ReadAllLines(Path.Combine(market["served"], "items.csv")).Select(line => line.Split(',')).First(row => row[^1].EndsWith(".png", StringComparison.Ordinal) || row[^1].EndsWith(".jpg", StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(pictures, shown[^1])), service.Get($"pictures/{shown[0]}/{shown[1]}"));
        foreach (var user in File.ReadAllLines(market["all.csv"]).Skip(1).Select(line => line.Split(',')).GroupBy(row => row[0]).Take(25))
        {
            using var answer = JsonDocument.Parse(service.Ask($$"""curl -H 'content-type: application/json' -d '{"user":"{{user.Key}}","top":5}' http://127.0.0.1:8080/recommend"""));
            Assert.Equal(user.Select(row => row[3]), answer.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()));
        }

        Assert.Equal(0, service.Stop());
    }

    [Fact]
    public void A_damaged_model_is_refused_and_the_advice_mends_it()
    {
        string model = market["damaged"];
        ProgramUnderTest.Serve.Run("--model", model).ExpectError(1, "unim2rec-train export");
        ProgramUnderTest.Train.Run("export", "--run", market.FineTuned, "--out", model).Expect(0);
        File.AppendAllText(Path.Combine(model, "items.csv"), "x");
        ProgramUnderTest.Serve.Run("--model", model, "--port", "0").ExpectError(1, "items.csv", "--overwrite");
        ProgramUnderTest.Train.Run("export", "--run", market.FineTuned, "--out", model, "--overwrite").Expect(0);
        using var service = new ServiceUnderTest(market.Folder);
        service.Start("--model", model);
        service.Stop();
    }

    [Fact]
    public void A_wrong_command_line_is_told_of_the_program_itself()
    {
        ProgramUnderTest.Serve.Run("--modle", "x").ExpectError(2, "'--modle' is no option of unim2rec-serve", "see 'unim2rec-serve --help'");
        ProgramUnderTest.Serve.Run("--model", "x", "--address", "nowhere").ExpectError(2, "'nowhere'", "see 'unim2rec-serve --help'");
        ProgramUnderTest.Serve.Run("--model", "x", "--port", "99999").ExpectError(2, "65535");
        string help = ProgramUnderTest.Serve.Run("--help").Expect(0).Output;
        Assert.Contains("unim2rec-serve --model garden-recommender", help, StringComparison.Ordinal);
        Assert.Contains("Exit codes", help, StringComparison.Ordinal);
    }
}
