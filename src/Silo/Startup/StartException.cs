namespace ViViT.Silo.Startup;

/// <summary>The silo cannot start in its surroundings; the message says why and how to mend it.</summary>
internal sealed class StartException(string message, Exception cause) : Exception(message, cause);
