using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Random values.</summary>
    public partial class Tensor
    {
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => Self(Call(Aten.normal_, this, mean, std, generator));

        public Tensor uniform_(double from, double to, Generator? generator = null) => Self(Call(Aten.uniform_, this, from, to, generator));

        public Tensor random_(double from, double to, Generator? generator = null) => Self(Call(Aten.random__from, this, (long)from, (long)to, generator));

        public Tensor exponential_(double lambda = 1.0, Generator? generator = null) => Self(Call(Aten.exponential_, this, lambda, generator));

        public Tensor bernoulli(Generator? generator = null) => Call(Aten.bernoulli, this, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Self(Call(Aten.bernoulli__float, this, p, generator));

        public Tensor bernoulli_(Tensor p, Generator? generator = null) => Self(Call(Aten.bernoulli__Tensor, this, p, generator));

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) => Call(Aten.multinomial, this, num_samples, replacement, generator);
    }
}
