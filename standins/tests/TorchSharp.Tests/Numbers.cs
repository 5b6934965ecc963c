using TorchSharp;

namespace TensorSemantics;

/// <summary>Short ways to make tensors and to read them.</summary>
internal static class Numbers
{
    public static torch.Tensor Doubles(long[] shape, params double[] values) => torch.tensor(values).reshape(shape);

    public static double[] Read(torch.Tensor tensor)
    {
        using var scope = torch.NewDisposeScope();
        return tensor.detach().to(torch.float64).contiguous().data<double>().ToArray();
    }

    public static void Near(double[] expected, torch.Tensor actual, double tolerance = 1e-6)
    {
        var read = Read(actual);
        Assert.Equal(expected.Length, read.Length);
        for (var i = 0; i < read.Length; i++) Assert.True(Math.Abs(expected[i] - read[i]) <= tolerance, $"[{i}]: expected {expected[i]}, got {read[i]}");
    }

    /// <summary>Holds the gradient that autograd finds against central differences, in float64.</summary>
    public static void GradientAgrees(Func<torch.Tensor, torch.Tensor> scalar, torch.Tensor at, double tolerance = 1e-6)
    {
        const double h = 1e-5;
        using var scope = torch.NewDisposeScope();
        var x = at.detach().clone().requires_grad_();
        scalar(x).backward();
        var found = Read(x.grad!);

        var point = Read(at);
        for (var i = 0; i < point.Length; i++)
        {
            double Value(double shift)
            {
                var moved = (double[])point.Clone();
                moved[i] += shift;
                using var here = torch.NewDisposeScope();
                using var noGrad = torch.no_grad();
                return scalar(torch.tensor(moved).reshape(at.shape)).item<double>();
            }

            var expected = (Value(h) - Value(-h)) / (2 * h);
            Assert.True(Math.Abs(expected - found[i]) <= tolerance * Math.Max(1, Math.Abs(expected)), $"d/dx[{i}]: expected {expected}, got {found[i]}");
        }
    }
}
