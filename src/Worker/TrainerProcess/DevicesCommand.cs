using TorchSharp;

namespace ViViT.Worker.TrainerProcess;

/// <summary>
/// <c>ViViT.Worker devices</c>: how many CUDA devices libtorch can use. A process of its own, so that the agent never loads libtorch
/// and never holds memory of a device.
/// </summary>
internal static class DevicesCommand
{
    public static int Run()
    {
        Console.Out.WriteLine(torch.cuda.is_available() ? torch.cuda.device_count() : 0);
        return ExitCodes.Done;
    }
}
