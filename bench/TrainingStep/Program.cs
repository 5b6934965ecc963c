// One training step of the reference recipe (tubelets of 8, 8 blocks of width 128, batch 32, dropout 0.1): ours against PyTorch eager on the
// same cores, in alternating rounds. Arguments: the Python interpreter, step.py, rounds; or `member` (a process of the side-by-side mode);
// or `profile <threads> <float32|bfloat16>` (ours alone, by part).
using System.Globalization;
using ViViT.Bench.TrainingStep;

switch (args)
{
    case ["member", var precision]:
        SideBySide.BeMember(precision);
        return 0;
    case ["profile", var threads, var precision]:
        Profile.Print(int.Parse(threads, CultureInfo.InvariantCulture), precision);
        return 0;
    case [var python, var script, var rounds]:
        return await Comparison.Run(python, script, int.Parse(rounds, CultureInfo.InvariantCulture));
    default:
        Console.Error.WriteLine("Usage: ViViT.Bench.TrainingStep <python> <step.py> <rounds> | profile <threads> <float32|bfloat16>");
        return 2;
}
