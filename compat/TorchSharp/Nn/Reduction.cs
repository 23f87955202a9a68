namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        /// <summary>How a loss sums up its elements.</summary>
        public enum Reduction : long
        {
            None = 0,
            Mean = 1,
            Sum = 2,
        }
    }
}
