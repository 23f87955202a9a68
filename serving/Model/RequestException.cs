namespace UniM2Rec.Serving.Model;

/// <summary>A request that can't be answered; the message is one sentence for whoever asked: what was found, what was expected, what to do.</summary>
/// <param name="message">The sentence.</param>
/// <param name="status">The status code of HTTP.</param>
public sealed class RequestException(string message, int status = 400) : Exception(Excerpt.OfMessage(message, 1000))
{
    /// <summary>The status code of HTTP.</summary>
    public int Status => status;
}
