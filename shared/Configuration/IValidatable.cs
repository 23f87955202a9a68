namespace UniM2Rec.Configuration;

/// <summary>A configuration section that can tell what is wrong with its values.</summary>
public interface IValidatable
{
    /// <summary>One clause a problem, e.g. "batchSize is 0; expected at least 1"; empty when all is well.</summary>
    IEnumerable<string> Problems();
}
