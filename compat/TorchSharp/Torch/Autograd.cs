using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Differentiation.</summary>
    public static unsafe partial class autograd
    {
        /// <summary>Adds the gradients of <paramref name="tensors"/> to the leaves that they were computed from.</summary>
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null)
        {
            nint[] roots = Handles(tensors);
            nint[] gradients = Handles(grad_tensors);
            nint[] leaves = Handles(inputs);
            fixed (nint* r = roots, g = gradients, l = leaves)
            {
                NativeMethods.Check(NativeMethods.um_backward(
                    r, roots.Length, g, gradients.Length, l, leaves.Length, retain_graph ?? create_graph ? 1 : 0, create_graph ? 1 : 0));
            }
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
            GC.KeepAlive(inputs);
        }

        public static void backward(
            Tensor tensor, IList<Tensor>? grad_tensors = null, bool? retain_graph = null, bool create_graph = false,
            IList<Tensor>? inputs = null) => backward([tensor], grad_tensors, retain_graph, create_graph, inputs);

        public static void backward(
            Tensor tensor, Tensor grad_tensor, bool? retain_graph = null, bool create_graph = false, IList<Tensor>? inputs = null) =>
            backward([tensor], [grad_tensor], retain_graph, create_graph, inputs);

        /// <summary>The gradients of the sum of <paramref name="outputs"/> with respect to each of <paramref name="inputs"/>.</summary>
        public static IList<Tensor> grad(
            IList<Tensor> outputs, IList<Tensor> inputs, IList<Tensor>? grad_outputs = null, bool retain_graph = false,
            bool create_graph = false, bool allow_unused = false)
        {
            nint[] roots = Handles(outputs);
            nint[] leaves = Handles(inputs);
            nint[] gradients = Handles(grad_outputs);
            var found = new nint[leaves.Length];
            fixed (nint* r = roots, l = leaves, g = gradients, f = found)
            {
                NativeMethods.Check(NativeMethods.um_grad(
                    r, roots.Length, l, leaves.Length, g, gradients.Length,
                    retain_graph ? 1 : 0, create_graph ? 1 : 0, allow_unused ? 1 : 0, f));
            }
            GC.KeepAlive(outputs);
            GC.KeepAlive(inputs);
            GC.KeepAlive(grad_outputs);
            return Array.ConvertAll(found, handle => handle == 0 ? null! : new Tensor(handle));
        }

        private static nint[] Handles(IList<Tensor>? tensors)
        {
            if (tensors is null) return [];
            var handles = new nint[tensors.Count];
            for (int i = 0; i < handles.Length; i++) handles[i] = tensors[i].Handle;
            return handles;
        }
    }
}
