namespace ViViT.Silo.Configuration;

/// <summary>A setting that cannot be used: which one, what is wrong with it, how to mend it.</summary>
internal sealed class SettingException(string setting, string problem, string remedy) : Exception($"{setting}: {problem}. {remedy}");
