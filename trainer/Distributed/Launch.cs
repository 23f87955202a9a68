using System.Globalization;

namespace UniM2Rec.Trainer.Distributed;

/// <summary>What the environment says about how this process was started.</summary>
/// <param name="Size">Number of processes.</param>
/// <param name="LocalRank">Number of this one on its machine.</param>
/// <param name="Sharing">Number of those on its machine that share its processors: 1 where the launcher has given each processors of its own.</param>
/// <param name="IsOpenMpi">Whether Open MPI's launcher started it.</param>
internal sealed record Launch(int Size, int LocalRank, int Sharing, bool IsOpenMpi)
{
    /// <summary>Null where no launcher of MPI started this process.</summary>
    public static Launch? OfThisProcess() => Of(Environment.GetEnvironmentVariable);

    /// <summary>The same from any environment.</summary>
    internal static Launch? Of(Func<string, string?> environment)
    {
        if (Number("OMPI_COMM_WORLD_SIZE") is { } open)
            return new Launch(open, Number("OMPI_COMM_WORLD_LOCAL_RANK") ?? 0, environment("OMPI_MCA_orte_bound_at_launch") == "1" ? 1 : Number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? 1, true);
        // MPICH's and MS-MPI's launchers set PMI_SIZE, as srun --mpi=pmi2 does; srun --mpi=pmix sets PMIX_RANK, and how many there are is Slurm's to say.
        int? size = Number("PMI_SIZE") ?? (environment("PMIX_RANK") is null ? null : Number("SLURM_STEP_NUM_TASKS"));
        if (size is not { } many) return null;
        int rank = Number("PMI_RANK") ?? Number("PMIX_RANK") ?? 0;
        int sharing = environment("SLURM_CPUS_PER_TASK") is not null ? 1 : Number("SLURM_NTASKS_PER_NODE") ?? Number("MPI_LOCALNRANKS") ?? 1;
        return new Launch(many, Number("SLURM_LOCALID") ?? Number("MPI_LOCALRANKID") ?? rank, Math.Max(1, sharing), false);

        int? Number(string name) => int.TryParse(environment(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }
}
