using System.Data.Common;
using System.Net.Sockets;

namespace ViViT.Silo;

/// <summary>Tells a database that is away for now from a mistake of ours.</summary>
internal static class DatabaseFault
{
    /// <summary>
    /// The cause of the fault that is a database which cannot be reached, starts, stops or is full, so that trying again later makes sense;
    /// null when there is none.
    /// </summary>
    public static Exception? Away(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbException { IsTransient: true } or SocketException)
            {
                return cause;
            }
        }

        return null;
    }
}
