using ViViT.Contracts;
using ViViT.Contracts.Configuration;
using ViViT.Grains;
using ViViT.Silo.Api;
using ViViT.Silo.Commands;
using ViViT.Silo.Configuration;
using ViViT.Silo.Security;
using ViViT.Silo.Startup;
using ViViT.Silo.Telemetry;
using ViViT.Storage;

if (await OtherCommands.Run(args) is { } exitCode) return exitCode;

SiloOptions options;
BearerToken token;
SecurityOptions security;
TlsCertificate? certificate;
try
{
    var settings = OtherCommands.Read(args);
    options = SiloOptions.Read(settings, Environment.GetEnvironmentVariable);
    security = SecurityOptions.Read(settings);
    certificate = TlsCertificate.Load(security, TimeProvider.System);
    token = BearerToken.FromFile(options.TokenFile);
}
catch (SettingException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

// Before anything starts that would have to be taken down again.
if (options.Listen.Concat(options.Management).FirstOrDefault(endpoint => !FreePort.IsFree(endpoint)) is { } taken)
{
    Console.Error.WriteLine($"{taken}: address already in use. Stop what listens there, or set VIVIT_LISTEN or VIVIT_MANAGEMENT to another port.");
    return 1;
}

var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddSiloConsole(options.LogFormat);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.ServeOn(options.Listen, certificate, options.Management));
builder.Services.AddSingleton(options).AddSingleton(TimeProvider.System);
builder.Services.AddStorage(options.Postgres);
builder.Services.AddHostedService<DatabaseReady>(); // before Orleans: hosted services start in this order
builder.Services.AddAccess(security, token, certificate);
builder.Services.AddSiloTelemetry(Environment.GetEnvironmentVariable);
builder.Services.AddSingleton<LongPoll>();
builder.Services.AddSingleton<Explainer>();
builder.Services.AddProblemDetails().AddExceptionHandler<Faults>();
builder.Services.ConfigureHttpJsonOptions(json => ContractsJson.Configure(json.SerializerOptions));
builder.Services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true); // so that Faults can say what is bad
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10));
builder.Host.UseOrleans(silo => silo
    .JoinCluster(options.Cluster, options.Postgres)
    .AddViViTGrains(new LeaseTiming(options.LeaseTerm)));

var app = builder.Build();
if (options.LogFormat == LogFormat.Json) app.UseMiddleware<RequestScope>();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseMiddleware<ManagementListener>();
app.UseAccess();
app.MapApi();
AccessRules.Check(app);
var stopping = app.Lifetime.ApplicationStopping;
app.Lifetime.ApplicationStarted.Register(() => app.Logger.Serving(string.Join(", ", options.Listen), options.LeaseTerm.TotalSeconds));

try
{
    await app.RunAsync();
    return 0;
}
catch (OperationCanceledException) when (stopping.IsCancellationRequested)
{
    return 0; // asked to stop while it started
}
catch (Orleans.Runtime.OrleansConfigurationException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
catch (Exception impossible) when (impossible is StartException or IOException) // IOException: the port is taken
{
    Console.Error.WriteLine(impossible.Message);
    return 1;
}
