using TorchSharp;
using ViViT.Training.Augmentation;
using static TorchSharp.torch;

namespace ViViT.Training.Losses;

/// <summary>
/// The training loss of K members: softmax cross-entropy with each member's own label smoothing s (Szegedy et al. 2016, section 7) and
/// class weights w, which equals PyTorch's <c>cross_entropy(weight, label_smoothing, reduction="mean")</c> of each member alone:
/// <code>
/// target_c(y) = (1 - s) · [c = y] + s / C
/// loss = - sum over samples b and classes c of w_c · target_c(y_b) · log softmax(logits_b)_c / sum over b of w_(y_b)
/// </code>
/// Mixed samples (Zhang et al. 2018) have share · target(y) + (1 - share) · target(partner's y): the same share of the two labels' losses, since a
/// batch and its permutation weigh the same.
/// </summary>
public sealed class GroupLoss : IDisposable
{
    private readonly int members;
    private readonly int classes;
    private readonly Tensor targets_YC;          // Y = K · C: for each member and label, the weighted target
    private readonly Tensor? weights_C;
    private readonly Tensor? firstRows_K1;

    /// <param name="labelSmoothing">One share per member, in [0, 1].</param>
    /// <param name="classWeights">Of <see cref="ClassWeighting"/>; all 1 when null.</param>
    public GroupLoss(IReadOnlyList<double> labelSmoothing, int classes, double[]? classWeights, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
        ArgumentOutOfRangeException.ThrowIfZero(labelSmoothing.Count);
        if (classWeights is not null && classWeights.Length != classes)
        {
            throw new ArgumentException($"{classWeights.Length} weights for {classes} classes.", nameof(classWeights));
        }

        (members, this.classes) = (labelSmoothing.Count, classes);
        using var scope = NewDisposeScope();
        var targets = new float[members * classes * classes];
        for (var i = 0; i < targets.Length; i++)
        {
            var (member, y, c) = (i / (classes * classes), i / classes % classes, i % classes);
            var target = (labelSmoothing[member] / classes) + (y == c ? 1 - labelSmoothing[member] : 0);
            targets[i] = (float)(target * (classWeights?[c] ?? 1));
        }

        targets_YC = HostNumbers.To(device, targets, members * classes, classes).DetachFromDisposeScope();
        weights_C = classWeights is null ? null : HostNumbers.To(device, [.. classWeights.Select(weight => (float)weight)], classes).DetachFromDisposeScope();
        firstRows_K1 = members == 1 ? null : HostNumbers.To(device, [.. Enumerable.Range(0, members).Select(k => (long)k * classes)], members, 1).DetachFromDisposeScope();
    }

    /// <summary>Each member's loss: float32, [K]. Differentiable by the logits. Nothing waits for the device.</summary>
    /// <param name="logits_KBC">float32; of the whole batch, or of neighbouring samples of it: the losses of all pieces add up to the batch's.</param>
    /// <param name="labels_KB">int64, of the whole batch.</param>
    /// <param name="mixed">How the batch's samples were mixed; null when they were not.</param>
    /// <param name="start">The sample of the batch that the first logits are of.</param>
    public Tensor Forward(Tensor logits_KBC, Tensor labels_KB, MixedPairs? mixed, int start = 0)
    {
        var shape = logits_KBC.shape;
        if (shape.Length != 3 || shape[0] != members || shape[2] != classes)
        {
            throw new ArgumentException($"Logits of shape [{string.Join(", ", shape)}] for {members} members and {classes} classes.", nameof(logits_KBC));
        }

        var batch = labels_KB.shape[1];
        if (start < 0 || start + shape[1] > batch)
        {
            throw new ArgumentException($"Logits of the samples {start} to {start + shape[1] - 1} of a batch of {batch}.", nameof(logits_KBC));
        }

        var (targets_KBC, denominators_K) = Targets(labels_KB, mixed);
        targets_KBC = shape[1] == batch ? targets_KBC : targets_KBC.narrow(1, start, shape[1]);
        var sums_K = logits_KBC.log_softmax(-1).mul(targets_KBC).sum([1, 2]);
        return denominators_K is null ? sums_K.mul(-1.0 / batch) : sums_K.neg().div(denominators_K);
    }

    public void Dispose()
    {
        targets_YC.Dispose();
        weights_C?.Dispose();
        firstRows_K1?.Dispose();
    }

    private (Tensor Targets_KBC, Tensor? Denominators_K) Targets(Tensor labels_KB, MixedPairs? mixed)
    {
        using var grad = no_grad();
        var rows_KB = firstRows_K1 is null ? labels_KB : labels_KB.add(firstRows_K1);
        var targets_KBC = targets_YC.index_select(0, rows_KB.reshape(-1)).view(members, -1, classes);
        if (mixed is not null)
        {
            targets_KBC = Mixup.Mix(targets_KBC, mixed);
        }

        var denominators_K = weights_C?.index_select(0, labels_KB.reshape(-1)).view(members, -1).sum([1]);
        return (targets_KBC, denominators_K);
    }
}
