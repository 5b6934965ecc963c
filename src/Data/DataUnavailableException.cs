namespace ViViT.Data;

/// <summary>A data set's file is missing or is not what it should be; the message says what to do about it.</summary>
public sealed class DataUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
