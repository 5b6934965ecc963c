namespace Orleans.Runtime
{
    /// <summary>The root of the silo's own errors.</summary>
    [GenerateSerializer]
    public class OrleansException : Exception
    {
        public OrleansException() : base("Unexpected error.")
        {
        }

        public OrleansException(string message) : base(message)
        {
        }

        public OrleansException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>A call that the runtime refused before a grain saw it.</summary>
    [GenerateSerializer]
    public class OrleansMessageRejectionException : OrleansException
    {
        internal OrleansMessageRejectionException(string message) : base(message)
        {
        }

        internal OrleansMessageRejectionException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>The silo is not, or no longer, there to take the call.</summary>
    [GenerateSerializer]
    public sealed class SiloUnavailableException : OrleansMessageRejectionException
    {
        public SiloUnavailableException() : this("SiloUnavailableException")
        {
        }

        public SiloUnavailableException(string msg) : base(msg)
        {
        }

        public SiloUnavailableException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>The silo is configured in a way it cannot run.</summary>
    [GenerateSerializer]
    public sealed class OrleansConfigurationException : Exception
    {
        public OrleansConfigurationException(string message) : base(message)
        {
        }

        public OrleansConfigurationException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>Thrown when grain code runs outside its grain's turns.</summary>
    [GenerateSerializer]
    internal sealed class InvalidSchedulingContextException(string message) : OrleansException(message);

    /// <summary>A reminder that could not be written or removed.</summary>
    [GenerateSerializer]
    public sealed class ReminderException(string message) : OrleansException(message);
}

namespace Orleans.Storage
{
    using Orleans.Runtime;

    /// <summary>A grain asks for a storage provider that nobody registered.</summary>
    [GenerateSerializer]
    public sealed class BadProviderConfigException : OrleansException
    {
        public BadProviderConfigException()
        {
        }

        public BadProviderConfigException(string message) : base(message)
        {
        }

        public BadProviderConfigException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>
    /// Somebody else has written this state since it was read. When it leaves a grain call, the activation that it arose in ends, so
    /// that the next call reads afresh.
    /// </summary>
    [GenerateSerializer]
    public class InconsistentStateException : OrleansException
    {
        public InconsistentStateException()
        {
        }

        public InconsistentStateException(string message) : base(message)
        {
        }

        public InconsistentStateException(string message, Exception? innerException) : base(message, innerException!)
        {
        }

        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : base(errorMsg)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
            : base(errorMsg, storageException!)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
            : this(storageException?.Message ?? "", storedEtag, currentEtag, storageException)
        {
        }

        /// <summary>The ETag found in storage, as far as it is known.</summary>
        [Id(1)]
        public string? StoredEtag { get; }

        /// <summary>The ETag that the writer held.</summary>
        [Id(2)]
        public string? CurrentEtag { get; }

        /// <summary>True until the activation that it arose in has been ended for it.</summary>
        internal bool IsSourceActivation { get; set; } = true;

        public override string ToString() => $"{base.ToString()}\nExpected Etag={CurrentEtag} Received Etag={StoredEtag}";
    }
}

namespace Orleans.Serialization
{
    using Orleans.Runtime;

    [GenerateSerializer]
    public class SerializerException : Exception
    {
        public SerializerException()
        {
        }

        public SerializerException(string message) : base(message)
        {
        }

        public SerializerException(string message, Exception innerException) : base(message, innerException)
        {
        }
    }

    /// <summary>A type without a serializer was to cross a grain call.</summary>
    [GenerateSerializer]
    public sealed class CodecNotFoundException(string message) : SerializerException(message);
}
