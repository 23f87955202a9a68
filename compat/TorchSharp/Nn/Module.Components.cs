using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public partial class Module
        {
            public virtual IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
            {
                var seen = new HashSet<nint>();
                foreach ((string own, Parameter parameter) in _ownParameters)
                {
                    if (!parameter.IsInvalid && seen.Add(parameter.Handle)) yield return (own, parameter);
                }
                if (!recurse) yield break;
                foreach ((string child, Module module) in _ownModules)
                {
                    foreach ((string inner, Parameter parameter) in module.named_parameters(true))
                    {
                        if (seen.Add(parameter.Handle)) yield return ($"{child}.{inner}", parameter);
                    }
                }
            }

            public virtual IEnumerable<Parameter> parameters(bool recurse = true) => named_parameters(recurse).Select(named => named.parameter);

            public virtual IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_nonpersistent = true)
            {
                var seen = new HashSet<nint>();
                foreach ((string own, (Tensor buffer, bool persistent)) in _ownBuffers)
                {
                    if (!buffer.IsInvalid && (persistent || include_nonpersistent) && seen.Add(buffer.Handle)) yield return (own, buffer);
                }
                if (!recurse) yield break;
                foreach ((string child, Module module) in _ownModules)
                {
                    foreach ((string inner, Tensor buffer) in module.named_buffers(true, include_nonpersistent))
                    {
                        if (seen.Add(buffer.Handle)) yield return ($"{child}.{inner}", buffer);
                    }
                }
            }

            public virtual IEnumerable<Tensor> buffers(bool recurse = true, bool include_nonpersistent = true) =>
                named_buffers(recurse, include_nonpersistent).Select(named => named.buffer);

            public virtual IEnumerable<(string name, Module module)> named_children() => _ownModules.Select(own => (own.Key, own.Value));

            public virtual IEnumerable<Module> children() => named_children().Select(named => named.module);

            /// <summary>All modules below this one; this one is not among them.</summary>
            public virtual IEnumerable<(string name, Module module)> named_modules()
            {
                foreach ((string own, Module module) in _ownModules) yield return (own, module);
                foreach ((string own, Module module) in _ownModules)
                {
                    foreach ((string inner, Module below) in module.named_modules()) yield return ($"{own}.{inner}", below);
                }
            }

            public virtual IEnumerable<Module> modules() => named_modules().Select(named => named.module);

            public virtual bool has_parameter(string target) => get_parameter(target) is not null;

            public virtual bool has_buffer(string target) => get_buffer(target) is not null;

            public virtual Parameter? get_parameter(string target) =>
                named_parameters().FirstOrDefault(named => named.name == target).parameter;

            public virtual Tensor? get_buffer(string target) => named_buffers().FirstOrDefault(named => named.name == target).buffer;

            /// <summary>Parameters and persistent buffers by their full names; the tensors themselves, not copies.</summary>
            public virtual Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
            {
                destination ??= [];
                string start = string.IsNullOrEmpty(prefix) ? "" : prefix + ".";
                foreach ((string own, Parameter parameter) in named_parameters()) destination.TryAdd(start + own, parameter);
                foreach ((string own, Tensor buffer) in named_buffers(include_nonpersistent: false)) destination.TryAdd(start + own, buffer);
                foreach ((string own, Module module) in _ownModules) module.state_dict(destination, start + own);
                return destination;
            }

            /// <summary>Copies values into the parameters and buffers of the same names.</summary>
            /// <exception cref="InvalidOperationException">strict, and the names differ.</exception>
            public virtual (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
                Dictionary<string, Tensor> source, bool strict = true, IList<string>? skip = null)
            {
                Dictionary<string, Tensor> destination = state_dict();
                bool Wanted(string key) => skip is null || !skip.Contains(key);
                List<string> unexpected = [.. source.Keys.Where(key => Wanted(key) && !destination.ContainsKey(key))];
                List<string> missing = [.. destination.Keys.Where(key => Wanted(key) && !source.ContainsKey(key))];
                if (strict && (missing.Count > 0 || unexpected.Count > 0))
                {
                    throw new InvalidOperationException("The loaded state_dict is not identical to the target dictionary.");
                }
                using IDisposable quiet = no_grad();
                foreach ((string key, Tensor value) in source)
                {
                    if (Wanted(key) && destination.TryGetValue(key, out Tensor? target)) target.copy_(value);
                }
                return (missing, unexpected);
            }

            protected void ConditionallyRegisterParameter(string name, Parameter? value)
            {
                if (value is null) _ownParameters.Remove(name);
                else _ownParameters[name] = value;
            }

            protected void ConditionallyRegisterBuffer(string name, Tensor? value, bool persistent = true)
            {
                if (value is null) _ownBuffers.Remove(name);
                else _ownBuffers[name] = (value, persistent);
            }

            protected void ClearModules() => _ownModules.Clear();

            // For the modules of this assembly, which know their parameters and register them one by one.
            private protected Parameter New(Tensor values, string name)
            {
                var parameter = new Parameter(values);
                parameter.DetachFromDisposeScope();
                ConditionallyRegisterParameter(name, parameter);
                return parameter;
            }

            private protected static Parameter? Replace(Parameter? former, Parameter? replacement)
            {
                if (!ReferenceEquals(former, replacement)) former?.Dispose();
                replacement?.DetachFromDisposeScope();
                return replacement;
            }

            // Converts parameters, gradients and buffers in place: whoever holds one of them keeps the right one.
            internal void Convert(ScalarType? dtype, Device? device)
            {
                using IDisposable quiet = no_grad();
                foreach ((_, Parameter parameter) in named_parameters())
                {
                    using Tensor? gradient = parameter.grad;
                    Convert(parameter, dtype, device);
                    if (gradient is null) continue;
                    Convert(gradient, dtype, device);
                    parameter.grad = gradient;
                }
                foreach ((_, Tensor buffer) in named_buffers()) Convert(buffer, dtype, device);
            }

            private static void Convert(Tensor tensor, ScalarType? dtype, Device? device)
            {
                ScalarType type = is_floating_point(tensor) ? dtype ?? tensor.dtype : tensor.dtype;
                using Tensor converted = tensor.to(type, device ?? tensor.device);
                Interop.NativeMethods.Check(Interop.NativeMethods.um_tensor_set_data(tensor.Handle, converted.Handle));
            }
        }
    }
}
