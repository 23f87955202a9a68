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
            /// <summary>Cross-entropy of logits [batch, classes, ..] against class indices or class probabilities.</summary>
            public static Tensor cross_entropy(
                Tensor input, Tensor target, Tensor? weight = null, long ignore_index = -100, Reduction reduction = Reduction.Mean, double label_smoothing = 0.0) =>
                Call(Aten.cross_entropy_loss, input, target, weight, (long)reduction, ignore_index, label_smoothing);

            /// <summary>Negative log-likelihood of log-probabilities [batch, classes, ..].</summary>
            public static Tensor nll_loss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Call(Aten.nll_loss_nd, input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
                Call(Aten.binary_cross_entropy, input, target, weight, (long)reduction);

            public static Tensor binary_cross_entropy_with_logits(
                Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? pos_weights = null) =>
                Call(Aten.binary_cross_entropy_with_logits, input, target, weight, pos_weights, (long)reduction);

            public static Tensor mse_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Call(Aten.mse_loss, input, target, (long)reduction);

            public static Tensor l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) =>
                Call(Aten.l1_loss, input, target, (long)reduction);

            public static Tensor smooth_l1_loss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, double beta = 1.0) =>
                Call(Aten.smooth_l1_loss, input, target, (long)reduction, beta);

            public static Tensor kl_div(Tensor input, Tensor target, bool log_target = true, Reduction reduction = Reduction.Mean) =>
                Call(Aten.kl_div, input, target, (long)reduction, log_target);
        }
    }
}
