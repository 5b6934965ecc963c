namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>Shape, type and device, as TorchSharp writes them.</summary>
        public override string ToString() => handle == 0 ? "Tensor[<disposed>]" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";
    }
}
