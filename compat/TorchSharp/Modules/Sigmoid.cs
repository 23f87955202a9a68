using static TorchSharp.torch;

namespace TorchSharp.Modules
{
    /// <summary>The logistic function.</summary>
    public sealed class Sigmoid : nn.Module<Tensor, Tensor>
    {
        internal Sigmoid(bool inplace) : base(nameof(Sigmoid)) => this.inplace = inplace;

        public bool inplace { get; set; }

        public override Tensor forward(Tensor tensor) => nn.functional.sigmoid(tensor, inplace);
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sigmoid Sigmoid() => new(false);

            public static Modules.Sigmoid Sigmoid(bool inplace) => new(inplace);
        }
    }
}
