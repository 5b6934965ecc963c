using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules
{
    /// <summary>Modules that run one after the other. It disposes of the results in between.</summary>
    public class Sequential : Module<Tensor, Tensor>
    {
        private readonly List<(string Name, IModule<Tensor, Tensor> Module)> items = [];

        internal Sequential(IEnumerable<(string, IModule<Tensor, Tensor>)> modules) : base(nameof(Sequential)) => items.AddRange(modules);

        protected Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules)
            : this(modules.Select(m => (m.name, (IModule<Tensor, Tensor>)m.submodule))) { }

        protected Sequential(params Module<Tensor, Tensor>[] modules) : this(Numbered(modules)) { }

        public int Count => items.Count;

        [IndexerName("SequentialItems")]
        public IModule<Tensor, Tensor> this[int index] => items[index].Module;

        public Sequential append(string name, IModule<Tensor, Tensor> module)
        {
            items.Add((name, module));
            return this;
        }

        public Sequential append(IModule<Tensor, Tensor> module) => append($"{items.Count}", module);

        public override Tensor forward(Tensor tensor)
        {
            if (items.Count == 0) return tensor.alias();
            var result = items[0].Module.call(tensor);
            foreach (var (_, module) in items.Skip(1))
            {
                var next = module.call(result);
                result.Dispose();
                result = next;
            }
            return result;
        }

        public override IEnumerable<(string name, Parameter parameter)> named_parameters(bool recurse = true)
        {
            if (!recurse) yield break;
            var seen = new HashSet<nint>();
            foreach (var (prefix, module) in named_children())
                foreach (var (suffix, parameter) in module.named_parameters(true))
                    if (seen.Add(parameter.handle)) yield return ($"{prefix}.{suffix}", parameter);
        }

        public override IEnumerable<(string name, Tensor buffer)> named_buffers(bool recurse = true, bool include_persistent = true)
        {
            if (!recurse) yield break;
            var seen = new HashSet<nint>();
            foreach (var (prefix, module) in named_children())
                foreach (var (suffix, buffer) in module.named_buffers(true, include_persistent))
                    if (seen.Add(buffer.handle)) yield return ($"{prefix}.{suffix}", buffer);
        }

        public override IEnumerable<(string name, Module module)> named_children() => items.Select(m => (m.Name, (Module)m.Module));

        public override IEnumerable<(string name, Module module)> named_modules()
        {
            foreach (var child in named_children()) yield return child;
            foreach (var (prefix, module) in named_children())
                foreach (var (suffix, inner) in module.named_modules())
                    yield return ($"{prefix}.{suffix}", inner);
        }

        public override Module apply(Action<Module> fn)
        {
            foreach (var (_, module) in named_children()) module.apply(fn);
            fn(this);
            return this;
        }

        protected internal override Module _to(ScalarType dtype, bool non_blocking) => Each(m => m._to(dtype, non_blocking));
        protected internal override Module _to(Device device, ScalarType dtype, bool non_blocking) => Each(m => m._to(device, dtype, non_blocking));
        protected internal override Module _to(DeviceType deviceType, int deviceIndex, bool non_blocking) => Each(m => m._to(deviceType, deviceIndex, non_blocking));

        internal static IEnumerable<(string, IModule<Tensor, Tensor>)> Numbered(IEnumerable<Module<Tensor, Tensor>> modules) =>
            modules.Select((m, i) => ($"{i}", (IModule<Tensor, Tensor>)m));

        private Sequential Each(Action<Module> action)
        {
            foreach (var (_, module) in named_children()) action(module);
            return this;
        }
    }
}

namespace TorchSharp
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Sequential Sequential() => new([]);

            public static Modules.Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) =>
                Sequential((IEnumerable<(string, Module<Tensor, Tensor>)>)modules);

            public static Modules.Sequential Sequential(params Module<Tensor, Tensor>[] modules) => new(Modules.Sequential.Numbered(modules));

            public static Modules.Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) =>
                new(modules.Select(m => (m.name, (IModule<Tensor, Tensor>)m.submodule)));

            public static Modules.Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => new(Modules.Sequential.Numbered(modules));
        }
    }
}
