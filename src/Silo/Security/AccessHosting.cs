namespace ViViT.Silo.Security;

/// <summary>Puts all protection into the host and before the routes.</summary>
internal static class AccessHosting
{
    public static IServiceCollection AddAccess(this IServiceCollection services, SecurityOptions options, BearerToken builtIn, TlsCertificate? certificate) => services
        .AddSingleton(options)
        .AddSingleton(builtIn)
        .AddSingleton(new CertificateInUse(certificate))
        .AddSingleton<WorkerRights>()
        .AddSingleton<StrangerLimit>()
        .AddSingleton<KnownTokens>().AddHostedService(host => host.GetRequiredService<KnownTokens>())
        .AddSingleton<Refusals>().AddHostedService(host => host.GetRequiredService<Refusals>())
        .AddHostedService<SecretsWatch>()
        .AddRequestLimits(options.RequestsPerSecond);

    /// <summary>After the handlers of faults, before everything else.</summary>
    public static void UseAccess(this IApplicationBuilder app)
    {
        app.UseMiddleware<HostNames>();
        app.UseMiddleware<AccessControl>();
        app.UseRateLimiter();
        app.UseRequestTimeouts();
    }
}
