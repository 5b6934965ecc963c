using TorchSharp;
using static TensorSemantics.Numbers;

namespace TensorSemantics;

public sealed class ConversionTests
{
    [Fact]
    public void Arrays_become_tensors_of_their_own_type_and_shape()
    {
        using var scope = torch.NewDisposeScope();

        Assert.Equal(torch.float32, torch.tensor(new[] { 1f }).dtype);
        Assert.Equal(torch.float64, torch.tensor(new[] { 1.0 }).dtype);
        Assert.Equal(torch.int64, torch.tensor(new[] { 1L }).dtype);
        Assert.Equal(torch.int32, torch.tensor(new[] { 1 }).dtype);
        Assert.Equal(torch.uint8, torch.tensor(new byte[] { 1 }).dtype);
        Assert.Equal(torch.@bool, torch.tensor(new[] { true }).dtype);
        Assert.Equal([2, 3], torch.tensor(new[,] { { 1f, 2, 3 }, { 4, 5, 6 } }).shape);
        Assert.Equal([2, 2], torch.tensor(new[] { 1f, 2, 3, 4 }, new long[] { 2, 2 }).shape);
        Assert.Equal(torch.float32, torch.tensor(new byte[] { 1 }, dtype: torch.float32).dtype);
        Assert.Equal([], torch.tensor(2.5f).shape);
        Assert.Equal(torch.int64, torch.arange(3).dtype);
        Assert.Equal(torch.float32, torch.arange(0, 1, 0.25).dtype);
        Assert.Equal(torch.int64, torch.full(2, 3).dtype);
        Assert.Equal(torch.float32, torch.full(2, 3.0).dtype);
    }

    [Fact]
    public void A_tensor_copies_its_array_and_from_array_shares_it()
    {
        using var scope = torch.NewDisposeScope();
        var array = new[] { 1f, 2, 3 };
        var (copy, shared) = (torch.tensor(array), torch.from_array(array));

        array[0] = 9;
        GC.Collect();

        Near([1, 2, 3], copy);
        Near([9, 2, 3], shared);
    }

    [Fact]
    public void Types_convert_by_value()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(new[] { -1.7f, 0f, 2.9f });

        Assert.Equal(new long[] { -1, 0, 2 }, x.to(torch.int64).data<long>().ToArray());
        Assert.Equal(new[] { true, false, true }, x.to_type(torch.@bool).data<bool>().ToArray());
        Near([-1.703125, 0, 2.90625], x.to(torch.bfloat16));
        Assert.Equal(torch.float16, x.half().dtype);
        Assert.Equal(torch.float64, x.type_as(torch.zeros(1, torch.float64)).dtype);
    }

    [Fact]
    public void A_conversion_to_what_a_tensor_is_already_shares_its_memory_unless_a_copy_is_asked_for()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.zeros(1);

        var (same, copy) = (x.to(torch.float32), x.to(torch.float32, copy: true));
        x.fill_(1);

        Near([1], same);
        Near([0], copy);
    }

    [Fact]
    public void Bytes_are_the_memory_itself_in_both_directions()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.tensor(new[] { 1f, 2f });
        Assert.Equal([0, 0, 0x80, 0x3f, 0, 0, 0, 0x40], x.bytes.ToArray());

        x.bytes[3] = 0xbf;
        Near([-1, 2], x);

        x.bytes = new byte[8];
        Near([0, 0], x);
        Assert.Throws<ArgumentException>(() => x.bytes = new byte[7]);
        Assert.Throws<InvalidOperationException>(() => torch.ones(2, 3).t().bytes.Length);
    }

    [Fact]
    public void Data_follows_the_strides()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.arange(6, torch.float32).view(2, 3).t();

        Assert.Equal([0f, 3, 1, 4, 2, 5], x.data<float>().ToArray());
        Assert.Equal(4f, x.data<float>()[1, 1]);
        var array = (float[,])x.data<float>().ToNDArray();
        Assert.Equal((3, 2, 5f), (array.GetLength(0), array.GetLength(1), array[2, 1]));
        x.data<float>()[2, 0] = 7;
        Near([0, 3, 1, 4, 7, 5], x);
    }

    [Fact]
    public void Scalars_are_read_by_their_type_or_converted()
    {
        using var scope = torch.NewDisposeScope();

        Assert.Equal(2.5f, torch.tensor(2.5f).item<float>());
        Assert.Equal(7L, torch.tensor(7L).item<long>());
        Assert.True(torch.tensor(true).item<bool>());
        Assert.Equal(2.5, torch.tensor(2.5f).ToDouble());
        Assert.Equal(3, torch.tensor(3f).ToInt32());
        Assert.Equal(1.5, (double)torch.tensor(1.5f, torch.CPU).to(torch.bfloat16));
        Assert.Equal(4f, torch.ones(1, 1).mul(4).item<float>());
    }

    [Fact]
    public void Devices_are_named_and_kept()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones(1, device: torch.CPU);

        Assert.Equal(DeviceType.CPU, x.device_type);
        Assert.Equal("cpu", x.device.ToString());
        Assert.Equal("cuda:1", new torch.Device("cuda:1").ToString());
        Assert.Equal((DeviceType.CUDA, 1), (new torch.Device("cuda:1").type, new torch.Device("cuda:1").index));
        Assert.Equal(DeviceType.CPU, x.to("cpu").to(torch.CPU).cpu().device_type);
        Assert.Equal(DeviceType.META, torch.ones(1000, 1000, device: torch.META).device_type);
    }

    [Fact]
    public void A_stream_carries_the_bytes()
    {
        using var scope = torch.NewDisposeScope();
        using var stream = new MemoryStream();
        var x = torch.arange(1000, torch.float32);

        x.WriteBytesToStream(stream);
        stream.Position = 0;
        var y = torch.zeros(1000);
        y.ReadBytesFromStream(stream);

        Assert.Equal(4000, stream.Length);
        Assert.True(x.Equals(y));
    }
}
