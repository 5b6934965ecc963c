using System.Text.Json;
using ViViT.Models.Weights;
using static TorchSharp.torch;

namespace ViViT.Training.Tests;

/// <summary>What PyTorch makes of numbers that a formula gives: Reference/make_recipe_reference.py.</summary>
internal static class RecipeReference
{
    public static JsonElement Root { get; } =
        JsonDocument.Parse(File.ReadAllBytes(Path.Join(AppContext.BaseDirectory, "Reference", "recipe-reference.json"))).RootElement;

    /// <summary>The numbers of <c>formula(count, phase)</c> there.</summary>
    public static float[] Formula(int count, double phase) =>
        [.. Enumerable.Range(1, count).Select(j => (float)Math.Sin((12.9898 * j) + (78.233 * phase)))];

    public static double[] Numbers(this JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetDouble())];

    /// <summary>Parameters of so many numbers a member, all zero.</summary>
    public static FlatParameters Parameters(int members, int count)
    {
        var layout = new ParameterLayout();
        layout.Add("w", Initial.Uniform(1), count);
        return new FlatParameters(layout, members, CPU, withGradients: true);
    }

    public static void SetGradients(this FlatParameters parameters, params float[][] members)
    {
        using var scope = NewDisposeScope();
        parameters.Gradients!.copy_(tensor(members.SelectMany(numbers => numbers).ToArray()).view(members.Length, -1));
    }

    public static float[] ReadGradients(this FlatParameters parameters, int member)
    {
        using var scope = NewDisposeScope();
        return parameters.Gradients!.select(0, member).clone().data<float>().ToArray();
    }
}
