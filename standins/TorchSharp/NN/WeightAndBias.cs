using TorchSharp.Utils;

namespace TorchSharp.Modules;

/// <summary>What linear layers, convolutions and layer norms share: a weight, perhaps a bias, and how both move.</summary>
public abstract class WeightAndBias : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    [ComponentName(Name = nameof(weight))]
    private protected Parameter? _weight;

    [ComponentName(Name = nameof(bias))]
    private protected Parameter? _bias;

    private protected WeightAndBias(string name) : base(name) { }

    public Parameter weight
    {
        get => _weight!;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.Handle == _weight?.handle) return;
            _weight?.Dispose();
            _weight = value;
            value.DetachFromDisposeScope();
            ConditionallyRegisterParameter(nameof(weight), _weight);
        }
    }

    public Parameter? bias
    {
        get => _bias;
        set
        {
            _bias?.Dispose();
            _bias = value;
            value?.DetachFromDisposeScope();
            ConditionallyRegisterParameter(nameof(bias), _bias);
        }
    }

    protected internal override torch.nn.Module _to(torch.Device device, torch.ScalarType dtype, bool non_blocking) => Replace(dtype, device);

    protected internal override torch.nn.Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) =>
        Replace(null, new torch.Device(deviceType, deviceIndex));

    protected internal override torch.nn.Module _to(torch.ScalarType dtype, bool non_blocking) => Replace(dtype, null);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _weight?.Dispose();
            _bias?.Dispose();
        }
        base.Dispose(disposing);
    }

    private torch.nn.Module Replace(torch.ScalarType? dtype, torch.Device? device)
    {
        if (_weight is not null && ReplaceParameter(dtype, device, _weight, out var w)) weight = w!;
        if (_bias is not null && ReplaceParameter(dtype, device, _bias, out var b)) bias = b;
        return this;
    }
}
