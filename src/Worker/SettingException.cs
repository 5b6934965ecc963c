namespace ViViT.Worker;

/// <summary>A setting that nothing can be started with: names it, says what is wrong and how to mend it.</summary>
internal sealed class SettingException(string setting, string problem) : Exception($"{setting} {problem}");
