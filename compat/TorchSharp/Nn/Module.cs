using System.Reflection;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>
        /// A part of a network: it owns parameters, buffers and other modules, registered by name in the order of their
        /// fields when its constructor calls <see cref="RegisterComponents"/>.
        /// </summary>
        public partial class Module : IDisposable
        {
            protected readonly string name;
            private readonly OrderedDictionary<string, Parameter> _ownParameters = [];
            private readonly OrderedDictionary<string, (Tensor Buffer, bool Persistent)> _ownBuffers = [];
            private readonly OrderedDictionary<string, Module> _ownModules = [];
            private bool _registered;
            private bool _training = true;

            protected Module(string name) => this.name = name;

            ~Module() => Dispose(false);

            public virtual bool training => _training;

            public virtual string GetName() => name;

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected virtual void Dispose(bool disposing)
            {
                if (!disposing) return;
                foreach (Module module in _ownModules.Values) module.Dispose();
                foreach (Parameter parameter in _ownParameters.Values) parameter.Dispose();
                foreach ((Tensor buffer, _) in _ownBuffers.Values) buffer.Dispose();
            }

            /// <summary>Registers every field that holds a module, a parameter or a tensor (as a buffer) under the field's name.</summary>
            protected virtual void RegisterComponents()
            {
                if (_registered) return;
                foreach (FieldInfo field in FieldsOf(GetType()))
                {
                    string component = field.GetCustomAttribute<ComponentNameAttribute>()?.Name ?? field.Name;
                    if (_ownModules.ContainsKey(component) || _ownParameters.ContainsKey(component) || _ownBuffers.ContainsKey(component)) continue;
                    switch (field.GetValue(this))
                    {
                        case Module module:
                            register_module(component, module);
                            break;
                        case Parameter parameter:
                            register_parameter(component, parameter);
                            break;
                        case Tensor tensor:
                            register_buffer(component, tensor);
                            break;
                    }
                }
                _registered = true;
            }

            public virtual void register_buffer(string name, Tensor tensor, bool persistent = true)
            {
                if (tensor is null || tensor.IsInvalid) throw new ArgumentNullException(nameof(tensor), "A null tensor cannot be registered as a buffer.");
                if (!_ownBuffers.TryAdd(name, (tensor, persistent))) throw new InvalidOperationException($"Tensor {name} is already registered.");
            }

            public virtual void register_parameter(string name, Parameter param)
            {
                if (param is null || param.IsInvalid) throw new ArgumentNullException(nameof(param), "A null tensor cannot be registered as a parameter.");
                if (!_ownParameters.TryAdd(name, param)) throw new InvalidOperationException($"Parameter {name} is already registered.");
            }

            public void add_module(string name, Module module) => register_module(name, module);

            public virtual void register_module(string name, Module submodule)
            {
                if (submodule is null)
                {
                    _ownModules.Remove(name);
                    return;
                }
                if (name.Contains('.')) throw new ArgumentException($"module name can't contain \".\", got: {name}");
                if (string.IsNullOrEmpty(name)) throw new ArgumentException("module name can't be empty string \"\"");
                if (_ownModules.ContainsKey(name)) throw new InvalidOperationException($"Sub-module {name} is already registered.");
                submodule.RegisterComponents();
                _ownModules.Add(name, submodule);
            }

            public virtual void train(bool train = true)
            {
                _training = train;
                foreach ((_, Module child) in named_children()) child.train(train);
            }

            public virtual void eval() => train(false);

            public virtual Module apply(Action<Module> fn)
            {
                foreach (Module module in _ownModules.Values) module.apply(fn);
                fn(this);
                return this;
            }

            public virtual void zero_grad(bool set_to_none = true)
            {
                foreach ((_, Parameter parameter) in named_parameters())
                {
                    using Tensor? gradient = parameter.grad;
                    if (gradient is null) continue;
                    if (set_to_none) parameter.grad = null;
                    else gradient.zero_();
                }
            }

            // Fields of the type and of its bases, derived ones first; a hidden base field of the same name does not count.
            private static IEnumerable<FieldInfo> FieldsOf(Type type)
            {
                var seen = new HashSet<string>();
                for (Type? current = type; current is not null && current != typeof(object); current = current.BaseType)
                {
                    foreach (FieldInfo field in current.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
                    {
                        if (seen.Add(field.Name)) yield return field;
                    }
                }
            }
        }
    }
}
