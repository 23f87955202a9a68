namespace UniM2Rec.Trainer.Sessions;

/// <summary>
/// Successive halving (Jamieson and Talwalkar, AISTATS 2016): all trials are trained for a few epochs, and of each round the best 1 / η go on to η times
/// as many, until the last round has all epochs.
/// </summary>
/// <param name="Trials">Trials of the first round.</param>
/// <param name="Rounds">How many rounds.</param>
/// <param name="Eta">η.</param>
/// <param name="MostEpochs">Epochs of the last round.</param>
public sealed record SuccessiveHalving(int Trials, int Rounds, int Eta, int MostEpochs)
{
    /// <summary>Epochs that a trial has been trained for after a round, from 0: ⌈all / η^(rounds to come)⌉.</summary>
    public int Epochs(int round) => (int)Divided(MostEpochs, Rounds - 1 - round);

    /// <summary>Trials of a round, from 0: ⌈all / η^(rounds before)⌉.</summary>
    public int Kept(int round) => (int)Divided(Trials, round);

    /// <summary>⌈⌈x / η⌉ / η⌉ is ⌈x / η²⌉, so that a round's share of the one before is its share of all.</summary>
    private long Divided(long number, int times)
    {
        for (int i = 0; i < times; i++) number = (number + Eta - 1) / Eta;
        return number;
    }
}
