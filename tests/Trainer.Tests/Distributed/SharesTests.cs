using UniM2Rec.Trainer.Distributed;

namespace UniM2Rec.Tests.Distributed;

/// <summary>How work is shared out, and what the environment says of who shares it.</summary>
public class SharesTests
{
    [Fact]
    public void Even_shares_differ_by_one_at_most_and_add_up()
    {
        foreach (int count in Enumerable.Range(0, 40))
        {
            foreach (int parts in Enumerable.Range(1, 9))
            {
                int[] shares = Shares.Even(count, parts);
                Assert.Equal((parts, count), (shares.Length, shares.Sum()));
                Assert.InRange(shares.Max() - shares.Min(), 0, 1);
            }
        }
    }

    [Fact]
    public void Weighted_shares_are_never_empty_and_differ_by_one_piece_at_most()
    {
        var random = new Random(3);
        for (int trial = 0; trial < 500; trial++)
        {
            int parts = random.Next(1, 7);
            int[] weights = [.. Enumerable.Range(0, random.Next(parts, 30)).Select(_ => random.Next(1, 50))];
            int[] shares = Shares.Weighted(weights, parts);

            Assert.Equal((parts, weights.Length), (shares.Length, shares.Sum()));
            Assert.DoesNotContain(0, shares);
            if (weights.Length < 5 * parts) continue;
            int first = 0;
            foreach (int share in shares)
            {
                Assert.InRange(weights.Skip(first).Take(share).Sum(), (weights.Sum() / parts) - (2 * weights.Max()), (weights.Sum() / parts) + (2 * weights.Max()));
                first += share;
            }
        }
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("SLURM_PROCID=1 SLURM_NTASKS=4", null)] // srun without MPI: as many programs, each for itself
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2", "4 1 2 True")]
    [InlineData("OMPI_COMM_WORLD_SIZE=4 OMPI_COMM_WORLD_LOCAL_RANK=1 OMPI_COMM_WORLD_LOCAL_SIZE=2 OMPI_MCA_orte_bound_at_launch=1", "4 1 1 True")]
    [InlineData("PMI_SIZE=3 PMI_RANK=2 MPI_LOCALRANKID=0 MPI_LOCALNRANKS=1", "3 0 1 False")]
    [InlineData("PMIX_RANK=5 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=4", "8 1 4 False")]
    [InlineData("PMIX_RANK=5 SLURM_STEP_NUM_TASKS=8 SLURM_LOCALID=1 SLURM_NTASKS_PER_NODE=4 SLURM_CPUS_PER_TASK=16", "8 1 1 False")]
    public void The_launcher_is_known_by_the_environment(string environment, string? expected)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')).ToDictionary(v => v[0], v => v[1]);
        var launch = Launch.Of(variables.GetValueOrDefault);
        Assert.Equal(expected, launch is null ? null : $"{launch.Size} {launch.LocalRank} {launch.Sharing} {launch.IsOpenMpi}");
    }
}
