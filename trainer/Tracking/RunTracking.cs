using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Trainer.Tracking;

/// <summary>
/// Tells other programs of a run's metrics: TensorBoard, by a file in the run's folder, and MLflow, where a store is named. Both are written from the epochs that the
/// run has done, so that they have each once however often it was stopped. What can't be written is said once and costs nothing else.
/// </summary>
/// <param name="run">The run.</param>
/// <param name="mlflow">The run in MLflow's store; null for none.</param>
/// <param name="context">Takes the warning.</param>
internal sealed class RunTracking(RunFolder run, MlflowRun? mlflow, WorkContext context)
{
    private readonly HashSet<string> _failing = [];
    private RunPosition? _position;

    /// <summary>Trains, and tells how that ended.</summary>
    /// <param name="train">Calls <see cref="Write"/> once the run has begun, and after each epoch.</param>
    public RunPosition While(Func<RunPosition> train)
    {
        var status = TrackedStatus.Failed;
        try
        {
            var position = train();
            status = TrackedStatus.Finished;
            return position;
        }
        catch (OperationCanceledException)
        {
            status = TrackedStatus.Stopped;
            throw;
        }
        finally
        {
            if (mlflow is not null && _position is not null) Write(_position, status);
        }
    }

    /// <summary>Tells what the run has done.</summary>
    public void Write(RunPosition position, TrackedStatus status = TrackedStatus.Running)
    {
        _position = position;
        var epochs = TrackedEpoch.Of(position.Metrics ?? []);
        if (epochs.Count > 0) Try(run.Events, () => EventFile.Write(run.Events, epochs, DateTimeOffset.UtcNow));
        if (mlflow is not null) Try(mlflow.Folder, () => mlflow.Write(epochs, status, DateTimeOffset.UtcNow));
    }

    private void Try(string where, Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or UserErrorException)
        {
            if (_failing.Add(where))
                context.Log.Warning("The metrics can't be written to {Where:l} ({Problem:l}); training goes on without, and what is missing is written once that is mended", where, failure.Message.Split(';')[0].TrimEnd('.'));
        }
    }
}
