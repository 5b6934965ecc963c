namespace ViViT.Preview.Drawing;

/// <summary>Where something is drawn, in pixels.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height)
{
    public double Right => X + Width;

    public double Bottom => Y + Height;

    public Box Inset(double left, double top, double right, double bottom) => new(X + left, Y + top, Width - left - right, Height - top - bottom);
}
