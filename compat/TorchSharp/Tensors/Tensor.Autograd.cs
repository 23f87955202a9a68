using TorchSharp.Interop;
using static TorchSharp.Interop.Dispatcher;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Gradients.</summary>
    public partial class Tensor
    {
        public bool requires_grad
        {
            get => NativeMethods.um_tensor_requires_grad(Handle) != 0;
            set => NativeMethods.Check(NativeMethods.um_tensor_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>The accumulated gradient; each reading makes a new managed tensor for it.</summary>
        public Tensor? grad
        {
            get
            {
                nint gradient = NativeMethods.um_tensor_grad(Handle);
                return gradient == 0 ? null : new Tensor(gradient);
            }
            set => NativeMethods.Check(NativeMethods.um_tensor_set_grad(Handle, value?.Handle ?? 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => NativeMethods.Check(NativeMethods.um_tensor_retain_grad(Handle));

        public void backward() => autograd.backward([this]);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph, inputs);

        public Tensor detach() => Call(Aten.detach, this);

        public Tensor detach_() => Self(Call(Aten.detach_, this));
    }
}
