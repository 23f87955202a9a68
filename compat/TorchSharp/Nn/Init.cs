
namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Initial values, in place.</summary>
        public static partial class init
        {
            public enum FanInOut
            {
                FanIn,
                FanOut,
            }

            public enum NonlinearityType
            {
                Linear = 0,
                Sigmoid = 7,
                Tanh = 8,
                ReLU = 9,
                LeakyReLU = 10,
            }

            public static Tensor ones_(Tensor tensor) => constant_(tensor, 1);

            public static Tensor zeros_(Tensor tensor) => constant_(tensor, 0);

            public static Tensor constant_(Tensor tensor, Scalar val)
            {
                using IDisposable quiet = no_grad();
                return tensor.fill_(val);
            }

            public static Tensor normal_(Tensor tensor, double mean = 0.0, double std = 1.0, Generator? generator = null)
            {
                using IDisposable quiet = no_grad();
                return tensor.normal_(mean, std, generator);
            }

            public static Tensor uniform_(Tensor tensor, double low = 0, double high = 1, Generator? generator = null)
            {
                using IDisposable quiet = no_grad();
                return tensor.uniform_(low, high, generator);
            }

            /// <summary>Normal values, those outside [a, b] drawn again (by inversion of the distribution function).</summary>
            public static Tensor trunc_normal_(
                Tensor tensor, double mean = 0.0, double std = 1.0, double a = -2.0, double b = 2.0, Generator? generator = null)
            {
                using IDisposable quiet = no_grad();
                double low = NormalDistribution((a - mean) / std);
                double high = NormalDistribution((b - mean) / std);
                tensor.uniform_((2 * low) - 1, (2 * high) - 1, generator);
                Interop.Dispatcher.Call(Interop.Aten.erfinv_, tensor);
                return tensor.mul_(std * Math.Sqrt(2)).add_(mean).clamp_(a, b);
            }

            public static Tensor xavier_uniform_(Tensor tensor, double gain = 1.0)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                double bound = gain * Math.Sqrt(6.0 / (fanIn + fanOut));
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor xavier_normal_(Tensor tensor, double gain = 1.0)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return normal_(tensor, 0, gain * Math.Sqrt(2.0 / (fanIn + fanOut)));
            }

            public static Tensor kaiming_uniform_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU)
            {
                double bound = Math.Sqrt(3) * KaimingDeviation(tensor, a, mode, nonlinearity);
                return uniform_(tensor, -bound, bound);
            }

            public static Tensor kaiming_normal_(
                Tensor tensor, double a = 0, FanInOut mode = FanInOut.FanIn, NonlinearityType nonlinearity = NonlinearityType.LeakyReLU) =>
                normal_(tensor, 0, KaimingDeviation(tensor, a, mode, nonlinearity));

            /// <summary>The factor that keeps variance through a non-linearity.</summary>
            public static double calculate_gain(NonlinearityType nonlinearity, double param = 0.0) => nonlinearity switch
            {
                NonlinearityType.Tanh => 5.0 / 3.0,
                NonlinearityType.ReLU => Math.Sqrt(2),
                NonlinearityType.LeakyReLU => Math.Sqrt(2 / (1 + (param * param))),
                _ => 1,
            };

            /// <summary>The inputs and outputs of a unit, for a weight [out, in, ..].</summary>
            /// <exception cref="ArgumentException">The tensor has fewer than two dimensions.</exception>
            public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
            {
                long[] shape = tensor.shape;
                if (shape.Length < 2)
                {
                    throw new ArgumentException("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions", nameof(tensor));
                }
                long field = shape[2..].Aggregate(1L, (product, size) => product * size);
                return (shape[1] * field, shape[0] * field);
            }

            private static double KaimingDeviation(Tensor tensor, double a, FanInOut mode, NonlinearityType nonlinearity)
            {
                (long fanIn, long fanOut) = CalculateFanInAndFanOut(tensor);
                return calculate_gain(nonlinearity, a) / Math.Sqrt(mode == FanInOut.FanIn ? fanIn : fanOut);
            }

            private static double NormalDistribution(double x)
            {
                using Tensor value = torch.tensor(x / Math.Sqrt(2), ScalarType.Float64);
                using Tensor error = value.erf();
                return (1 + error.item<double>()) / 2;
            }
        }
    }
}
