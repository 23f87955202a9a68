using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>What training does to gradients and parameters.</summary>
        public static partial class utils
        {
            /// <summary>Scales all gradients together so that their joint norm is at most <paramref name="max_norm"/>; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                using IDisposable quiet = no_grad();
                using DisposeScope scope = NewDisposeScope();
                Tensor[] gradients = [.. tensors.Select(parameter => parameter.grad).OfType<Tensor>()];
                if (gradients.Length == 0) return 0;
                Tensor norms = stack(gradients.Select(gradient => linalg.vector_norm(gradient, norm_type)));
                double total = linalg.vector_norm(norms, norm_type).ToDouble();
                double factor = max_norm / (total + 1e-6);
                if (factor < 1)
                {
                    foreach (Tensor gradient in gradients) gradient.mul_(factor);
                }
                return total;
            }

            public static void clip_grad_value_(IEnumerable<Parameter> tensors, double clip_value)
            {
                using IDisposable quiet = no_grad();
                foreach (Parameter parameter in tensors)
                {
                    using Tensor? gradient = parameter.grad;
                    gradient?.clamp_(-clip_value, clip_value);
                }
            }

            /// <summary>All values in one vector.</summary>
            public static Tensor parameters_to_vector(IEnumerable<Parameter> tensors)
            {
                Tensor[] flat = [.. tensors.Select(parameter => parameter.reshape(-1))];
                Tensor vector = cat(flat);
                foreach (Tensor part in flat) part.Dispose();
                return vector;
            }

            public static void vector_to_parameters(Tensor vec, IEnumerable<Parameter> tensors)
            {
                using IDisposable quiet = no_grad();
                long start = 0;
                foreach (Parameter parameter in tensors)
                {
                    using Tensor part = vec.narrow(0, start, parameter.numel());
                    using Tensor shaped = part.view_as(parameter);
                    parameter.copy_(shaped);
                    start += parameter.numel();
                }
            }
        }
    }
}
