// The trainer beside its limits. Verbs: data (the data path against what training takes), memory (live tensors over 1,000 steps, and peak memory
// per member against the arithmetic), seeds (members of groups against lone trainings, in distribution).
using System.Globalization;
using ViViT.Bench.Trainer;

switch (args)
{
    case ["data", var folder]:
        DataPath.Run(folder);
        return 0;
    case ["memory", var members]:
        Memory.Run(int.Parse(members, CultureInfo.InvariantCulture));
        return 0;
    case ["seeds", var count]:
        Seeds.Run(int.Parse(count, CultureInfo.InvariantCulture));
        return 0;
    default:
        Console.Error.WriteLine("Usage: ViViT.Bench.Trainer data <folder> | memory <members> | seeds <count>");
        return 2;
}
