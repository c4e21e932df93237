using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>The HTTP interface of a node: Kestrel on one socket, the gate, the routes. It reads no configuration but its options.</summary>
internal sealed class HttpHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private HttpHost(WebApplication app, IPEndPoint endpoint, bool https)
    {
        _app = app;
        Endpoint = endpoint;
        Url = UrlOf(endpoint, https);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Its address for people and programs, such as <c>http://127.0.0.1:7600</c>.</summary>
    public string Url { get; }

    /// <summary>What it is made of.</summary>
    internal IServiceProvider Services => _app.Services;

    /// <summary>The URL of an endpoint.</summary>
    public static string UrlOf(IPEndPoint endpoint, bool https) =>
        $"{(https ? "https" : "http")}://{new IPEndPoint(Reachable(endpoint.Address), endpoint.Port)}";

    /// <summary>Starts to serve on a bound socket.</summary>
    public static async Task<HttpHost> StartAsync(
        Socket socket, HttpOptions options, ApiContext api, Func<bool> isDraining, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var endpoint = (IPEndPoint)socket.LocalEndPoint!;
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddRoutingCore();
        builder.Services.Configure<SocketTransportOptions>(transport => transport.CreateBoundListenSocket = _ => socket);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Configure(kestrel, endpoint, options));
        WebApplication app = builder.Build();
        var gate = new RequestGate(options.ApiKey, isDraining, HostNames(endpoint));
        app.Use((http, next) => ServeAsync(http, next, gate, api));
        MapRoutes(app, api);
        await app.StartAsync(cancellationToken);
        return new HttpHost(app, endpoint, options.Certificate is not null);
    }

    /// <summary>Stops listening and waits for running answers until the token fires.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void MapRoutes(WebApplication app, ApiContext api)
    {
        HealthRoutes.Map(app, api);
        MetricsRoutes.Map(app, api);
        MeshRoutes.Map(app, api);
        InferenceRoutes.Map(app, api);
        OpenAiRoutes.Map(app, api);
        ShardRoutes.Map(app, api, new ForwardService(api.FindShard, api.Time, api.ChooseSeed));
    }

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint endpoint, HttpOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = Limits.HttpUpgradedConnections;
        kestrel.Limits.MaxRequestBodySize = Limits.HttpBodyBytes;
        kestrel.Limits.MaxResponseBufferSize = 16 * 1024;
        kestrel.Limits.MinResponseDataRate = new MinDataRate(240, Limits.UnreadStream);
        kestrel.Listen(endpoint, listen =>
        {
            // One stream a connection keeps the limit of connections a limit of requests.
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(new AddressLimit().Wrap);
            if (options.Certificate is not null)
            {
                listen.UseHttps(options.Certificate, https =>
                {
                    https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    // Node certificates are self-signed: who may do what is decided by the key they carry.
                    https.AllowAnyClientCertificate();
                });
            }
        });
    }

    private static async Task ServeAsync(HttpContext http, RequestDelegate next, RequestGate gate, ApiContext api)
    {
        try
        {
            CheckGate(http, gate, api);
            await next(http);
            if (!http.Response.HasStarted
                && http.Response.StatusCode is StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed
                && http.Response.ContentLength is null)
            {
                await ApiErrors.WriteAsync(http, NoSuchRoute(http));
            }
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody reads an answer.
            http.Abort();
        }
        catch (Exception error)
        {
            ApiException known = ApiErrors.Explain(error);
            if (known.Code == ErrorCodes.Internal)
            {
                api.Log.LogError(error, "{Method} {Path} failed", http.Request.Method, http.Request.Path.Value);
            }
            if (http.Response.HasStarted)
            {
                http.Abort();
                return;
            }
            await ApiErrors.WriteAsync(http, known);
        }
    }

    private static void CheckGate(HttpContext http, RequestGate gate, ApiContext api)
    {
        try
        {
            gate.Check(http);
        }
        catch (ApiException)
        {
            api.Metrics.Refused.Add();
            throw;
        }
    }

    private static ApiException NoSuchRoute(HttpContext http) => http.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
        ? new ApiException(StatusCodes.Status405MethodNotAllowed, ErrorCodes.NotFound,
            $"{http.Request.Path} does not take {http.Request.Method}.")
        : new ApiException(StatusCodes.Status404NotFound, ErrorCodes.NotFound,
            $"There is no {http.Request.Method} {http.Request.Path} here. docs/http.md lists the routes.");

    /// <summary>An address that others can call where all are listened on: the first of this machine that is not its loopback.</summary>
    private static IPAddress Reachable(IPAddress address)
    {
        if (!address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
        {
            return address;
        }
        return NetworkInterface.GetAllNetworkInterfaces()
            .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(i => i.GetIPProperties().UnicastAddresses.Select(a => a.Address))
            .Where(a => !a.IsIPv6LinkLocal && (a.AddressFamily == AddressFamily.InterNetwork || address.Equals(IPAddress.IPv6Any)))
            .OrderBy(a => a.AddressFamily)
            .FirstOrDefault(address.Equals(IPAddress.Any) ? IPAddress.Loopback : IPAddress.IPv6Loopback);
    }

    /// <summary>Off loopback the machine may be called by its name.</summary>
    private static string[] HostNames(IPEndPoint endpoint)
    {
        if (IPAddress.IsLoopback(endpoint.Address))
        {
            return [];
        }
        string name = Dns.GetHostName();
        return [name, name.Split('.')[0], name.Split('.')[0] + ".local"];
    }
}
