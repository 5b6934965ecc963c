namespace ViViT.Contracts.Configuration;

/// <summary>A setting that nothing can be started with: names it, says what is wrong and how to mend it.</summary>
/// <param name="setting">Its variable, flag or place in a file.</param>
/// <param name="problem">Goes on from the name: <c>is 'two'. Give a whole number from 1 to 1024.</c></param>
public sealed class SettingException(string setting, string problem) : Exception($"{setting} {problem}");
