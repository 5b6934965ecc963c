namespace TorchSharp;

public static partial class torch
{
    /// <summary>One index of a tensor: a position, a slice, a new axis, the rest, a mask or positions in a tensor.</summary>
    public struct TensorIndex
    {
        private const long NotGiven = NativeIndex.NotGiven;

        internal NativeIndex native;
        internal Tensor? tensor;

        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new()
        {
            native = new NativeIndex { Kind = 5, Start = start ?? NotGiven, Stop = stop ?? NotGiven, Step = step ?? NotGiven },
        };

        public static TensorIndex Slice((int? start, int? end) range) => Slice(range.start, range.end, null);

        public static TensorIndex Slice(System.Range range) =>
            Slice(Position(range.Start), range.End.IsFromEnd && range.End.Value == 0 ? null : Position(range.End), null);

        public static TensorIndex Bool(bool value) => Plain(3, value ? 1 : 0);
        public static TensorIndex Single(long? index) => Plain(0, index ?? 0);
        public static TensorIndex Tensor(Tensor tensor) => new() { native = new NativeIndex { Kind = 4 }, tensor = tensor };

        public static TensorIndex Ellipsis = Plain(2, 0);
        public static TensorIndex None = Plain(1, 0);
        public static TensorIndex Null = Plain(1, 0);
        public static TensorIndex Colon = Slice();

        public static implicit operator TensorIndex(long value) => Single(value);
        public static implicit operator TensorIndex((int? start, int? end) range) => Slice(range);
        public static implicit operator TensorIndex(System.Range range) => Slice(range);
        public static implicit operator TensorIndex(System.Index index) => Single(Position(index));
        public static implicit operator Tensor(TensorIndex value) => throw new InvalidOperationException("Should not be called.");

        private static long Position(System.Index index) => index.IsFromEnd ? -index.Value : index.Value;

        private static TensorIndex Plain(long kind, long start) => new() { native = new NativeIndex { Kind = kind, Start = start } };
    }
}
