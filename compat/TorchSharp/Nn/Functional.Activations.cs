using TorchSharp.Interop;
using TorchSharp.Modules;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>Functions that modules are made of.</summary>
        public static partial class functional
        {
            public static Tensor relu(Tensor x, bool inplace = false) => inplace ? x.relu_().alias() : Call(Aten.relu, x);

            public static Tensor silu(Tensor x, bool inplace = false) => inplace ? x.silu_().alias() : Call(Aten.silu, x);

            public static Tensor tanh(Tensor x, bool inplace = false) => inplace ? x.tanh_().alias() : Call(Aten.tanh, x);

            public static Tensor sigmoid(Tensor x) => x.sigmoid();

            public static Tensor sigmoid(Tensor x, bool inplace) => inplace ? x.sigmoid_().alias() : x.sigmoid();

            public static Tensor gelu(Tensor x) => Call(Aten.gelu, x, "none");

            public static Tensor leaky_relu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
                inplace ? Done(Call(Aten.leaky_relu_, input, negative_slope), input) : Call(Aten.leaky_relu, input, negative_slope);

            public static Tensor elu(Tensor x, double alpha, bool inplace = false) =>
                inplace ? Done(Call(Aten.elu_, x, alpha), x) : Call(Aten.elu, x, alpha);

            public static Tensor softplus(Tensor x, double beta = 1.0, double threshold = 20.0) => x.softplus(beta, threshold);

            public static Tensor softmax(Tensor input, long dim, ScalarType? dtype = null) => input.softmax(dim, dtype);

            public static Tensor log_softmax(Tensor x, long dim) => x.log_softmax(dim);

            public static Tensor logsigmoid(Tensor x) => x.log_sigmoid();

            public static Tensor glu(Tensor input, long dim = -1) => Call(Aten.glu, input, dim);
        }
    }
}
