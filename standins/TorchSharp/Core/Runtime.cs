namespace TorchSharp;

public static unsafe partial class torch
{
    public static int get_num_threads() => RuntimeCalls.num_threads();
    public static void set_num_threads(int num) => Errors.Check(RuntimeCalls.set_num_threads(num));
    public static int get_num_interop_threads() => RuntimeCalls.num_interop_threads();
    public static void set_num_interop_threads(int num) => Errors.Check(RuntimeCalls.set_num_interop_threads(num));

    public static partial class cuda
    {
        public static bool is_available() => RuntimeCalls.cuda_is_available() != 0;
        public static int device_count() => RuntimeCalls.cuda_device_count();
        public static void manual_seed(long seed) => Errors.Check(RuntimeCalls.manual_seed(seed));
        public static void manual_seed_all(long seed) => Errors.Check(RuntimeCalls.manual_seed(seed));

        public static void synchronize(Device? device = null)
        {
            InitializeDeviceType(device?.type ?? DeviceType.CUDA);
            Errors.Check(RuntimeCalls.cuda_synchronize(device?.index ?? -1));
        }
    }

    public static bool cuda_is_available() => cuda.is_available();
}
