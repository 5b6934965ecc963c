using ViViT.Contracts.Specs;

namespace ViViT.Contracts.Scheduling;

/// <summary>What a slot has to offer.</summary>
/// <param name="DeviceKind">Such as <c>NVIDIA H200</c> or <c>cpu/AMD EPYC 9R14/1</c>.</param>
/// <param name="MemoryGib">Memory of its device, or its share of it, in GiB; null when it is not known.</param>
public sealed record SlotOffer(string DeviceKind, double? MemoryGib)
{
    /// <summary>Whether the slot has what is needed. Memory that is not known is taken to be enough.</summary>
    public bool Meets(ResourceSpec needs) => HasDevice(needs) && HasMemory(needs);

    public bool HasDevice(ResourceSpec needs) => needs.Device is null || DeviceKind.Contains(needs.Device, StringComparison.OrdinalIgnoreCase);

    public bool HasMemory(ResourceSpec needs) => needs.MemoryGib is null || MemoryGib is null || MemoryGib >= needs.MemoryGib;
}
