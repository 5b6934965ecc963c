global using System.Runtime.CompilerServices;
global using TorchSharp.Native;

global using CreateCalls = TorchSharp.Native.CreateExports;
global using FunctionalCalls = TorchSharp.Native.FunctionalExports;
global using MathCalls = TorchSharp.Native.MathExports;
global using RuntimeCalls = TorchSharp.Native.RuntimeExports;
global using ShapeCalls = TorchSharp.Native.ShapeExports;
global using TensorCalls = TorchSharp.Native.TensorExports;
