// What the linked files of src/Worker speak of, without the files that bring libtorch along.
namespace ViViT.Worker.TrainerProcess
{
    internal sealed record MetricPoint(string Metric, long Step, double Value);
}

namespace ViViT.Worker.Agent
{
    internal sealed class RequestRefusedException(string message) : Exception(message);
}
