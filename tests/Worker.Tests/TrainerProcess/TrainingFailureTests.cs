using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ViViT.Contracts.Experiments;
using ViViT.Data;
using ViViT.Training;
using ViViT.Training.Checkpoints;
using ViViT.Worker.TrainerProcess;

namespace ViViT.Worker.Tests.TrainerProcess;

[SuppressMessage("Usage", "CA2201", Justification = "As libtorch and the runtime throw them.")]
public sealed class TrainingFailureTests
{
    private const string Cuda = "CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 139 GiB total capacity)";
    private const string Cpu = "[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4398046511104 bytes. Error code 12";

    public static TheoryData<Exception, FailureClass, string> Failures => new()
    {
        { new DivergedException(120, double.NaN), FailureClass.Numerical, "The training loss is NaN at step 120: the training diverged. A smaller learning rate usually mends it." },
        { new ExternalException($"{Cuda}\nException raised from malloc at c10/cuda:1"), FailureClass.OutOfMemory, $"Out of memory on cuda:0 with 4 experiments as one: {Cuda}." },
        { new ExternalException(Cpu), FailureClass.OutOfMemory, $"Out of memory on cuda:0 with 4 experiments as one: {Cpu}." },
        { new ExternalException("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"), FailureClass.OutOfMemory,
            "Out of memory on cuda:0 with 4 experiments as one: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`." },
        { new OutOfMemoryException("Array dimensions exceeded supported range."), FailureClass.OutOfMemory,
            "Out of memory on cuda:0 with 4 experiments as one: Array dimensions exceeded supported range." },
        { new DataUnavailableException("vesselmnist3d.npz is missing. Put it there."), FailureClass.User, "vesselmnist3d.npz is missing. Put it there." },
        { new ArgumentException("The training split of tiny holds no sample."), FailureClass.User, "The training split of tiny holds no sample." },
        { new ExternalException("The size of tensor a (27) must match the size of tensor b (8) at non-singleton dimension 1"), FailureClass.User,
            "Data and model do not fit each other: The size of tensor a (27) must match the size of tensor b (8) at non-singleton dimension 1." },
        { new ExternalException("mat1 and mat2 shapes cannot be multiplied (4x3 and 2x5)"), FailureClass.User,
            "Data and model do not fit each other: mat1 and mat2 shapes cannot be multiplied (4x3 and 2x5)." },
        { new IOException("No space left on device : '/ckpt/experiment-1'", 28), FailureClass.Infrastructure,
            "The disk is full: No space left on device : '/ckpt/experiment-1'. Free some, or point VIVIT_CHECKPOINTS and VIVIT_DATA of the worker elsewhere." },
        { new IOException("Disk quota exceeded", 122), FailureClass.Infrastructure,
            "The disk is full: Disk quota exceeded. Free some, or point VIVIT_CHECKPOINTS and VIVIT_DATA of the worker elsewhere." },
        { new IOException("Stale file handle"), FailureClass.Infrastructure, "IOException: Stale file handle." },
        { new UnauthorizedAccessException("Access to the path '/ckpt' is denied."), FailureClass.Infrastructure, "UnauthorizedAccessException: Access to the path '/ckpt' is denied." },
        { new CheckpointException("experiment-1/fence-1/step-4", "model.safetensors is missing"), FailureClass.Infrastructure,
            "CheckpointException: The checkpoint experiment-1/fence-1/step-4 cannot be used: model.safetensors is missing. Restore its folder from a copy, or start the experiment afresh." },
        { new ExternalException("CUDA error: an illegal memory access was encountered"), FailureClass.Infrastructure, "ExternalException: CUDA error: an illegal memory access was encountered." },
        { new InvalidOperationException("The training returned without the end of every member."), FailureClass.Infrastructure,
            "InvalidOperationException: The training returned without the end of every member." },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Every_failure_has_its_class_and_a_reason_that_is_a_sentence(Exception failure, FailureClass expected, string reason) =>
        Assert.Equal((expected, reason), TrainingFailure.Of(failure, "cuda:0 with 4 experiments as one"));

    [Theory]
    [InlineData(137, false, "", FailureClass.Infrastructure, "trainer was killed by signal 9 (SIGKILL) at step 7; if nobody did, the system may have run out of memory")]
    [InlineData(137, true, "", FailureClass.OutOfMemory, "trainer was killed by signal 9 (SIGKILL) at step 7, since the system ran out of memory")]
    [InlineData(139, true, "", FailureClass.Infrastructure, "trainer was killed by signal 11 (SIGSEGV) at step 7")]
    [InlineData(134, false, "terminate called after throwing an instance of 'std::bad_alloc'", FailureClass.OutOfMemory,
        "trainer was killed by signal 6 (SIGABRT) at step 7: terminate called after throwing an instance of 'std::bad_alloc'")]
    [InlineData(134, false, "Out of memory.", FailureClass.OutOfMemory, "trainer was killed by signal 6 (SIGABRT) at step 7: Out of memory.")]
    [InlineData(137, false, "Out of memory.", FailureClass.Infrastructure,
        "trainer was killed by signal 9 (SIGKILL) at step 7; if nobody did, the system may have run out of memory: Out of memory.")]
    [InlineData(3, false, "libtorch.so is missing", FailureClass.Infrastructure, "trainer ended with exit code 3 at step 7: libtorch.so is missing")]
    public void Every_death_of_a_trainer_has_its_class_and_says_how(int exitCode, bool systemKilled, string line, FailureClass expected, string reason) =>
        Assert.Equal(new TrainerEnding(expected, reason), TrainerEnding.Of(exitCode, 7, line.Length == 0 ? [] : [line], systemKilled));
}
