using static TorchSharp.torch;

namespace ViViT.Training.Augmentation;

/// <summary>Which samples of a batch mix, and how; the tensors lie on the device and in the dispose scope of the draw.</summary>
/// <param name="Partners_R">int64, [K · B]: for each sample of each member, the row k · B + b of its partner, which is of the same member.</param>
/// <param name="Shares_K">float32, [K]: what a sample keeps of itself; the rest is its partner's.</param>
public sealed record MixedPairs(Tensor Partners_R, Tensor Shares_K);
