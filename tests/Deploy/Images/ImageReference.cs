using System.Text.RegularExpressions;

namespace ViViT.Deploy.Tests.Images;

/// <summary>Whether an image is always the same one.</summary>
internal static partial class ImageReference
{
    /// <summary>By digest, or by a tag that names a version to its last number.</summary>
    public static bool IsPinned(string image) => Pinned().IsMatch(image);

    [GeneratedRegex(@"^[^:@]+(:\d+)?[^:@]*(@sha256:[0-9a-f]{64}|:v?\d+\.\d+(\.\d+)?[-\w.]*)$")]
    private static partial Regex Pinned();
}
