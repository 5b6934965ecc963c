using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Orleans.Runtime;

namespace System.Runtime.CompilerServices
{
    /// <summary>Lets an assembly made at run time see another's internal types; the runtime knows the attribute by its name.</summary>
    [AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
    internal sealed class IgnoresAccessChecksToAttribute(string assemblyName) : Attribute
    {
        public string AssemblyName { get; } = assemblyName;
    }
}

namespace Orleans.StandIn
{
    /// <summary>
    /// Makes, for a grain interface, a class derived from <see cref="GrainReference"/> whose every method packs its arguments and calls
    /// the base class with the method's number.
    /// </summary>
    internal static class ProxyBuilder
    {
        private static readonly Type[] s_constructorParameters = [typeof(SiloRuntime), typeof(InterfaceDescription), typeof(GrainId), typeof(GrainClass)];
        private static readonly ConcurrentDictionary<Assembly, ModuleBuilder> s_modules = new();
        private static readonly ConcurrentDictionary<Type, Type> s_proxies = new();
        private static readonly Lock s_building = new();

        /// <param name="grainInterface">The interface.</param>
        /// <param name="methods">Its methods, in the order of their numbers; the same at every call.</param>
        public static Type For(Type grainInterface, IReadOnlyList<MethodInfo> methods)
        {
            if (s_proxies.TryGetValue(grainInterface, out var known)) return known;
            lock (s_building)
            {
                return s_proxies.GetOrAdd(grainInterface, Build, methods);
            }
        }

        private static Type Build(Type grainInterface, IReadOnlyList<MethodInfo> methods)
        {
            var type = s_modules.GetOrAdd(grainInterface.Assembly, DefineModule).DefineType(
                "Orleans.StandIn.Proxies." + grainInterface.FullName!.Replace('+', '.'),
                TypeAttributes.Public | TypeAttributes.Sealed,
                typeof(GrainReference),
                [grainInterface]);

            var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, s_constructorParameters);
            var il = constructor.GetILGenerator();
            for (var i = 0; i <= s_constructorParameters.Length; i++) il.Emit(OpCodes.Ldarg, i);
            il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(BindingFlags.NonPublic | BindingFlags.Instance, s_constructorParameters)!);
            il.Emit(OpCodes.Ret);

            for (var i = 0; i < methods.Count; i++) Implement(type, methods[i], i);
            return type.CreateType();
        }

        private static void Implement(TypeBuilder type, MethodInfo method, int number)
        {
            var parameters = method.GetParameters();
            var implementation = type.DefineMethod(
                $"{method.DeclaringType!.FullName}.{method.Name}",
                MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
                method.ReturnType,
                [.. parameters.Select(p => p.ParameterType)]);
            var il = implementation.GetILGenerator();
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, number);
            il.Emit(OpCodes.Ldc_I4, parameters.Length);
            il.Emit(OpCodes.Newarr, typeof(object));
            for (var i = 0; i < parameters.Length; i++)
            {
                il.Emit(OpCodes.Dup);
                il.Emit(OpCodes.Ldc_I4, i);
                il.Emit(OpCodes.Ldarg, i + 1);
                if (parameters[i].ParameterType.IsValueType) il.Emit(OpCodes.Box, parameters[i].ParameterType);
                il.Emit(OpCodes.Stelem_Ref);
            }

            il.Emit(OpCodes.Call, Caller(method.ReturnType));
            il.Emit(OpCodes.Ret);
            type.DefineMethodOverride(implementation, method);
        }

        private static MethodInfo Caller(Type result)
        {
            if (result == typeof(Task)) return Method(nameof(GrainReference.CallTask));
            if (result == typeof(ValueTask)) return Method(nameof(GrainReference.CallValueTask));
            var name = result.GetGenericTypeDefinition() == typeof(Task<>) ? nameof(GrainReference.CallTaskOf) : nameof(GrainReference.CallValueTaskOf);
            return Method(name).MakeGenericMethod(result.GetGenericArguments());

            static MethodInfo Method(string name) => typeof(GrainReference).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Instance)!;
        }

        private static ModuleBuilder DefineModule(Assembly of)
        {
            var assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName($"{of.GetName().Name}.GrainReferences"), AssemblyBuilderAccess.Run);
            var attribute = typeof(IgnoresAccessChecksToAttribute).GetConstructors()[0];
            foreach (var seen in new[] { of, typeof(GrainReference).Assembly }.Concat(References(of)).Select(a => a.GetName().Name).Distinct())
                assembly.SetCustomAttribute(new CustomAttributeBuilder(attribute, [seen!]));
            return assembly.DefineDynamicModule("GrainReferences");
        }

        /// <summary>What the interfaces' signatures may name.</summary>
        private static IEnumerable<Assembly> References(Assembly of)
        {
            var names = of.GetReferencedAssemblies().Select(r => r.FullName).ToHashSet();
            return AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic && names.Contains(a.FullName!));
        }
    }
}
