using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>The chain of open dispose scopes of one thread.</summary>
public class DisposeScopeManager
{
    [ThreadStatic]
    private static DisposeScopeManager? s_ofThread;

    public static ThreadDisposeScopeStatistics Statistics => ThreadSingleton.StatisticsInstance;

    internal static DisposeScopeManager ThreadSingleton => s_ofThread ??= new DisposeScopeManager();

    internal ThreadDisposeScopeStatistics StatisticsInstance { get; } = new();

    internal DisposeScope? CurrentDisposeScope { get; private set; }

    internal DisposeScope? RegisterOnCurrentDisposeScope(Tensor tensor)
    {
        if (CurrentDisposeScope is null)
        {
            StatisticsInstance.TensorStatistics.CreatedOutsideScopeCount++;
            return null;
        }
        StatisticsInstance.TensorStatistics.CreatedInScopeCount++;
        CurrentDisposeScope.Register(tensor);
        return CurrentDisposeScope;
    }

    internal void DisposingOnCurrentScope(Tensor tensor)
    {
        if (tensor.OwningDisposeScope is null) StatisticsInstance.TensorStatistics.DisposedOutsideScopeCount++;
        else StatisticsInstance.TensorStatistics.DisposedInScopeCount++;
    }

    internal DisposeScope NewDisposeScope() => CurrentDisposeScope = new DisposeScope(this);

    // A scope may be disposed while inner ones are open.
    internal void RemoveDisposeScope(DisposeScope closed)
    {
        if (CurrentDisposeScope == closed)
        {
            CurrentDisposeScope = closed.OuterScope;
            return;
        }
        for (DisposeScope? scope = CurrentDisposeScope; scope is not null; scope = scope.OuterScope)
        {
            if (scope.OuterScope != closed) continue;
            scope.OuterScope = closed.OuterScope;
            return;
        }
    }
}
