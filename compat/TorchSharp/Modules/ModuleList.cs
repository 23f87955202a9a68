using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>Modules in a list, named "0", "1", ...</summary>
    public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
    {
        private readonly List<T> _items = [];

        public ModuleList(params T[] modules) : base(nameof(ModuleList<T>)) => extend(modules);

        public int Count => _items.Count;

        public bool IsReadOnly => false;

        public T this[int index]
        {
            get => _items[index];
            set
            {
                _items[index] = value;
                Rename();
            }
        }

        public void append(params T[] parameters) => extend(parameters);

        public void extend(IEnumerable<T> modules)
        {
            _items.AddRange(modules);
            Rename();
        }

        public void Add(T item) => extend([item]);

        public void Insert(int index, T item)
        {
            _items.Insert(index, item);
            Rename();
        }

        public bool Remove(T item)
        {
            bool removed = _items.Remove(item);
            Rename();
            return removed;
        }

        public void RemoveAt(int index)
        {
            _items.RemoveAt(index);
            Rename();
        }

        public void Clear()
        {
            _items.Clear();
            Rename();
        }

        public bool Contains(T item) => _items.Contains(item);

        public int IndexOf(T item) => _items.IndexOf(item);

        public void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

        public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        protected override void RegisterComponents()
        {
        }

        private void Rename()
        {
            ClearModules();
            for (int i = 0; i < _items.Count; i++) register_module(i.ToString(System.Globalization.CultureInfo.InvariantCulture), _items[i]);
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);

            public static Modules.ModuleList<Module> ModuleList(params Module[] modules) => new(modules);
        }
    }
}
