using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>Disposes, when it is disposed, every tensor that was created on its thread while it was the innermost scope.</summary>
public sealed class DisposeScope : IDisposable
{
    private DisposeScopeManager? _manager;
    private HashSet<IDisposable> _disposables = new(ReferenceEqualityComparer.Instance);

    internal DisposeScope(DisposeScopeManager manager)
    {
        _manager = manager;
        OuterScope = manager.CurrentDisposeScope;
    }

    /// <summary>The disposables that are held now, as a copy.</summary>
    public IReadOnlyList<IDisposable> DisposablesView => Open()._disposables.ToArray();

    public int DisposablesCount => Open()._disposables.Count;

    internal DisposeScope? OuterScope { get; set; }

    public T MoveToOuter<T>(T disposable) where T : IDisposable => MoveToOther(OuterScope, disposable);

    public (T1 first, T2 second) MoveToOuter<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second));

    public (T1 first, T2 second, T3 third) MoveToOuter<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (MoveToOuter(first), MoveToOuter(second), MoveToOuter(third));

    public void MoveToOuter(params IDisposable[] disposables) => MoveToOther(OuterScope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOuter(IEnumerable<IDisposable> disposables) => MoveToOther(OuterScope, disposables);

    public T MoveToOther<T>(DisposeScope? scope, T disposable) where T : IDisposable
    {
        Open();
        Move(scope, disposable);
        return disposable;
    }

    public void MoveToOther(DisposeScope? scope, params IDisposable[] disposables) =>
        MoveToOther(scope, (IEnumerable<IDisposable>)disposables);

    public void MoveToOther(DisposeScope? scope, IEnumerable<IDisposable> disposables)
    {
        Open();
        foreach (IDisposable disposable in disposables) Move(scope, disposable);
    }

    public T Detach<T>(T disposable) where T : IDisposable
    {
        Open();
        Move(null, disposable);
        return disposable;
    }

    public (T1 first, T2 second) Detach<T1, T2>(T1 first, T2 second) where T1 : IDisposable where T2 : IDisposable =>
        (Detach(first), Detach(second));

    public (T1 first, T2 second, T3 third) Detach<T1, T2, T3>(T1 first, T2 second, T3 third)
        where T1 : IDisposable where T2 : IDisposable where T3 : IDisposable =>
        (Detach(first), Detach(second), Detach(third));

    public void Detach(params IDisposable[] disposables) => Detach((IEnumerable<IDisposable>)disposables);

    public void Detach(IEnumerable<IDisposable> disposables)
    {
        Open();
        foreach (IDisposable disposable in disposables) Move(null, disposable);
    }

    public void Attach(IDisposable disposable) => Attach((IEnumerable<IDisposable>)[disposable]);

    public void Attach(params IDisposable[] disposables) => Attach((IEnumerable<IDisposable>)disposables);

    public IReadOnlyList<IDisposable> Attach(IEnumerable<IDisposable> disposables)
    {
        DisposeScopeManager manager = Open()._manager!;
        var attached = new List<IDisposable>();
        foreach (IDisposable disposable in disposables)
        {
            if (Take(disposable)) manager.StatisticsInstance.TensorStatistics.AttachedToScopeCount++;
            attached.Add(disposable);
        }
        return attached;
    }

    /// <summary>Disposes what is held now; the scope stays open.</summary>
    public void DisposeEverything() => DisposeEverythingBut(Enumerable.Empty<IDisposable>());

    public void DisposeEverythingBut(IEnumerable<IDisposable> inKeep)
    {
        Open();
        HashSet<IDisposable> held = _disposables;
        _disposables = new(inKeep, ReferenceEqualityComparer.Instance);
        foreach (IDisposable disposable in held)
        {
            if (!_disposables.Contains(disposable)) disposable.Dispose();
        }
    }

    public void DisposeEverythingBut(params IDisposable[] keep) => DisposeEverythingBut((IEnumerable<IDisposable>)keep);

    public T DisposeEverythingBut<T>(T keep) where T : IDisposable
    {
        DisposeEverythingBut((IEnumerable<IDisposable>)[keep]);
        return keep;
    }

    public void Dispose()
    {
        if (_manager is null) return;
        DisposeEverything();
        _manager.RemoveDisposeScope(this);
        _manager = null;
    }

    /// <summary>Forgets a disposable that was disposed by itself.</summary>
    public void MarkAsDisposed(IDisposable disposable)
    {
        Open();
        _disposables.Remove(disposable);
        if (disposable is Tensor tensor) tensor.OwningDisposeScope = null;
    }

    public bool Contains(IDisposable disposable) => _disposables.Contains(disposable);

    internal void Register(IDisposable disposable) => _disposables.Add(disposable);

    // Puts a replacement under the scope of what it replaces.
    internal static void ReplaceWith(Tensor original, Tensor replacement)
    {
        if (original.OwningDisposeScope is not { } scope || !scope._disposables.Remove(original)) return;
        original.OwningDisposeScope = null;
        scope.Take(replacement);
    }

    private DisposeScope Open() => _manager is null ? throw new ObjectDisposedException(GetType().FullName) : this;

    private void Move(DisposeScope? target, IDisposable disposable)
    {
        if (target is not null)
        {
            if (_disposables.Contains(disposable)) target.Take(disposable);
            return;
        }
        if (!_disposables.Remove(disposable) || disposable is not Tensor tensor) return;
        _manager!.StatisticsInstance.TensorStatistics.DetachedFromScopeCount++;
        tensor.OwningDisposeScope = null;
    }

    private bool Take(IDisposable disposable)
    {
        if (disposable is not Tensor tensor) throw new InvalidOperationException("DisposeScope can only manage Tensor or PackedSequence");
        DisposeScope? former = tensor.OwningDisposeScope;
        if (former == this) return false;
        _disposables.Add(tensor);
        former?._disposables.Remove(tensor);
        tensor.OwningDisposeScope = this;
        return true;
    }
}
