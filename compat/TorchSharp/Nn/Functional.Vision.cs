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
            /// <summary>Convolution of [batch, in, height, width] with [out, in / groups, kernel height, kernel width].</summary>
            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Call(Aten.conv2d, input, weight, bias, strides ?? Pair(1), padding ?? Pair(0), dilation ?? Pair(1), groups);

            public static Tensor max_pool2d(
                Tensor input, long kernel_size, long? stride = null, long? padding = null, long? dilation = null, bool ceil_mode = false) =>
                max_pool2d(input, Pair(kernel_size), Pair(stride ?? kernel_size), Pair(padding ?? 0), Pair(dilation ?? 1), ceil_mode);

            public static Tensor max_pool2d(
                Tensor input, long[] kernel_size, long[]? strides = null, long[]? padding = null, long[]? dilation = null, bool ceil_mode = false) =>
                Call(Aten.max_pool2d, input, kernel_size, strides ?? kernel_size, padding ?? Pair(0), dilation ?? Pair(1), ceil_mode);

            public static Tensor avg_pool2d(
                Tensor input, long kernel_size, long? stride = null, long padding = 0, bool ceil_mode = false, bool count_include_pad = true,
                long? divisor_override = null) =>
                avg_pool2d(input, Pair(kernel_size), Pair(stride ?? kernel_size), Pair(padding), ceil_mode, count_include_pad, divisor_override);

            public static Tensor avg_pool2d(
                Tensor input, long[] kernel_size, long[]? stride = null, long[]? padding = null, bool ceil_mode = false, bool count_include_pad = true,
                long? divisor_override = null) =>
                Call(Aten.avg_pool2d, input, kernel_size, stride ?? kernel_size, padding ?? Pair(0), ceil_mode, count_include_pad, divisor_override);

            public static Tensor adaptive_avg_pool2d(Tensor input, long output_size) => adaptive_avg_pool2d(input, Pair(output_size));

            public static Tensor adaptive_avg_pool2d(Tensor input, (long, long) output_size) =>
                adaptive_avg_pool2d(input, [output_size.Item1, output_size.Item2]);

            public static Tensor adaptive_avg_pool2d(Tensor input, long[] output_size) => Call(Aten.adaptive_avg_pool2d, input, output_size);

            /// <summary>Resizes [batch, channels, height, width] to a size or by factors.</summary>
            /// <exception cref="ArgumentException">The mode is not nearest, bilinear or bicubic.</exception>
            public static Tensor interpolate(
                Tensor x, long[]? size = null, double[]? scale_factor = null, InterpolationMode mode = InterpolationMode.Nearest, bool? align_corners = null,
                bool recompute_scale_factor = false, bool antialias = false) => (mode, antialias) switch
                {
                    (InterpolationMode.Nearest, false) => Call(Aten.upsample_nearest2d_vec, x, size, scale_factor),
                    (InterpolationMode.Bilinear, false) => Call(Aten.upsample_bilinear2d_vec, x, size, align_corners ?? false, scale_factor),
                    (InterpolationMode.Bilinear, true) => Call(Aten._upsample_bilinear2d_aa_vec, x, size, align_corners ?? false, scale_factor),
                    (InterpolationMode.Bicubic, false) => Call(Aten.upsample_bicubic2d_vec, x, size, align_corners ?? false, scale_factor),
                    (InterpolationMode.Bicubic, true) => Call(Aten._upsample_bicubic2d_aa_vec, x, size, align_corners ?? false, scale_factor),
                    _ => throw new ArgumentException($"interpolate with mode {mode}, antialias {antialias} is not supported.", nameof(mode)),
                };

            private static long[] Pair(long value) => [value, value];
        }
    }
}
