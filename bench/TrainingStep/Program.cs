// One training step of the reference recipe (tubelets of 8, 8 blocks of width 128, batch 32, dropout 0.1): ours against PyTorch eager on the
// same cores, in alternating rounds. Arguments: the Python interpreter, step.py, rounds; or `member <precision> <members> <threads>` (does as many
// steps as each line of stdin says); or `profile <threads> <float32|bfloat16> <members>` (ours alone, by part).
using System.Globalization;
using ViViT.Bench.TrainingStep;

switch (args)
{
    case ["member", var precision, var members, var threads]:
        Member.Be(precision, Number(members), Number(threads));
        return 0;
    case ["profile", var threads, var precision, var members]:
        Profile.Print(Number(threads), precision, Number(members));
        return 0;
    case [var python, var script, var rounds]:
        return await Comparison.Run(python, script, Number(rounds));
    default:
        Console.Error.WriteLine("Usage: ViViT.Bench.TrainingStep <python> <step.py> <rounds> | profile <threads> <float32|bfloat16> <members>");
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
