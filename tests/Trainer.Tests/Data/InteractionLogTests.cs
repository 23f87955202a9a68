using UniM2Rec.Tests.Fixtures;

namespace UniM2Rec.Tests.Data;

public class InteractionLogTests
{
    [Fact]
    public void Domains_past_the_256th_stay_what_they_are()
    {
        var log = Logs.Of([.. Enumerable.Range(0, 300).Select(d => (Item: d, Time: (double)d, Domain: d))]);
        Assert.Equal(Enumerable.Range(0, 300), Enumerable.Range(0, 300).Select(log.DomainOf));
        Assert.Equal(300, log.Domains.Count);
    }
}
