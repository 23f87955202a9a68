using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Functions that modules are made of.</summary>
        public static partial class functional
        {
            /// <summary>x Wᵀ + b for x [.., in], W [out, in], b [out].</summary>
            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Call(Aten.linear, input, weights, bias);

            public static Tensor layer_norm(Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-05) =>
                Call(Aten.layer_norm, input, normalized_shape, weight, bias, eps);

            public static Tensor batch_norm(
                Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false,
                double momentum = 0.1, double eps = 1e-05) =>
                Call(Aten.batch_norm, input, weight, bias, running_mean, running_var, training, momentum, eps, true);

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Done(Call(Aten.dropout_, input, p, training), input) : Call(Aten.dropout, input, p, training);

            /// <summary>x / max(‖x‖ₚ, eps) along a dimension.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using Tensor norm = Call(Aten.norm_ScalarOpt_dim, input, p, dim, true);
                using Tensor bounded = Call(Aten.clamp_min, norm, eps);
                return Call(Aten.div_Tensor, input, bounded);
            }

            public static Tensor cosine_similarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8) =>
                Call(Aten.cosine_similarity, x1, x2, dim, eps);

            public static Tensor one_hot(Tensor x, long num_classes = -1) => Call(Aten.one_hot, x, num_classes);

            /// <summary>Pads the last dimensions; <paramref name="pad"/> lists (before, after) pairs from the last dimension on.</summary>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, (ReadOnlySpan<long>)pad, mode, value);

            public static Tensor pad(Tensor input, ReadOnlySpan<long> pad, PaddingModes mode = PaddingModes.Constant, double value = 0) => mode switch
            {
                PaddingModes.Constant => Call(Aten.pad, input, pad, "constant", value),
                PaddingModes.Zeros => Call(Aten.pad, input, pad, "constant", 0.0),
                _ => Call(Aten.pad, input, pad, mode.ToString().ToLowerInvariant()),
            };

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            // An operator that changes its argument hands nothing back.
            private static Tensor Done(Outcome _, Tensor changed) => changed.alias();
        }
    }
}
