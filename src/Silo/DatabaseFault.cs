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
    public static Exception? Away(Exception fault) => Causes(fault).FirstOrDefault(cause => cause is DbException { IsTransient: true } or SocketException);

    /// <summary>Whether a text of the request holds NUL, the one character that Postgres stores neither as text (22021) nor in JSON (22P05).</summary>
    public static bool IsNulCharacter(Exception fault) => Causes(fault).Any(cause => cause is DbException { SqlState: "22021" or "22P05" });

    private static IEnumerable<Exception> Causes(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
