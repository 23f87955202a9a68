using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving;

/// <summary>The service's addresses (docs/SERVING.md).</summary>
public static class ServingEndpoints
{
    private const int UsersShown = 50;
    private const string DemoPage = "UniM2Rec.Serving.Demo.html";

    /// <summary>Maps /recommend, /similar, /items, /users, /pictures, /health, /metrics and the page that shows them; under a prefix where the routes are a group's.</summary>
    /// <param name="routes">Where they go.</param>
    public static IEndpointRouteBuilder MapUniM2Rec(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var answers = services.GetRequiredService<Recommendations>();
        var options = services.GetRequiredService<ServingOptions>();
        var pictures = new Pictures(options);

        Add(routes.MapPost("/recommend", Handle("/recommend", async http => Json(await answers.RecommendAsync(await RequestReading.ReadAsync<RecommendRequest>(http, options.MaxBodyBytes))))), "Recommend for a user or a history")
            .Accepts<RecommendRequest>("application/json").Produces<RecommendAnswer>();
        Add(routes.MapPost("/similar", Handle("/similar", async http => Json(answers.FindSimilar(await RequestReading.ReadAsync<SimilarRequest>(http, options.MaxBodyBytes))))), "Find items like another")
            .Accepts<SimilarRequest>("application/json").Produces<SimilarAnswer>();
        Add(routes.MapGet("/items/{domain}/{id}", Handle("/items", http => Task.FromResult(Json(answers.GetItem(Name(http, "domain"), Name(http, "id")))))), "What an item is").Produces<AnswerItem>();
        Add(routes.MapGet("/users", Handle("/users", http => Task.FromResult(Json(answers.SomeUsers(UsersShown))))), "Some users who are known by id").Produces<string[]>();
        Add(routes.MapGet("/users/{user}", Handle("/users", http => Task.FromResult(Json(answers.GetHistory(Name(http, "user")))))), "A known user's history").Produces<HistoryAnswer>();
        Add(routes.MapGet("/pictures/{domain}/{id}", Handle("/pictures", http => Task.FromResult(Picture(answers, pictures, options, http)))), "The picture of an item");
        Add(routes.MapGet("/health", Handle("/health", _ => Task.FromResult(Json(Health(services.GetRequiredService<CurrentModel>()))))), "How the service is").Produces<HealthAnswer>();
        Add(routes.MapGet("/metrics", Handle("/metrics", _ => Task.FromResult(Results.Text(services.GetRequiredService<ServiceMetrics>().Write(), "text/plain; version=0.0.4")))), "Counters, in Prometheus' text form");
        routes.MapGet("/", Handle("/", Page)).ExcludeFromDescription();
        return routes;

        static RouteHandlerBuilder Add(RouteHandlerBuilder route, string summary) => route.WithSummary(summary).Produces<ErrorAnswer>(StatusCodes.Status400BadRequest);
    }

    /// <summary>Counts a request, limits how many are at work, and turns what it throws into a sentence.</summary>
    private static Delegate Handle(string path, Func<HttpContext, Task<IResult>> answer) => async (HttpContext http) =>
    {
        var metrics = http.RequestServices.GetRequiredService<ServiceMetrics>();
        long begun = Stopwatch.GetTimestamp();
        int status = StatusCodes.Status500InternalServerError;
        try
        {
            var result = metrics.Begin() > http.RequestServices.GetRequiredService<ServingOptions>().MaxRequests && path is not ("/health" or "/metrics")
                ? Busy(http)
                : await Answer(http, answer);
            status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
            await result.ExecuteAsync(http);
        }
        finally
        {
            metrics.End(path, status, Stopwatch.GetElapsedTime(begun));
        }
    };

    private static async Task<IResult> Answer(HttpContext http, Func<HttpContext, Task<IResult>> answer)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            return await answer(http);
        }
        catch (RequestException refused)
        {
            return Json(new ErrorAnswer(refused.Message), refused.Status);
        }
        catch (BadHttpRequestException broken)
        {
            return Json(new ErrorAnswer($"The request can't be read ({Excerpt.Of(broken.Message.TrimEnd('.'))})."), broken.StatusCode);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return Results.StatusCode(StatusCodes.Status499ClientClosedRequest);
        }
        catch (Exception fault)
        {
            http.RequestServices.GetRequiredService<ILogger>().Error(fault, "A request could not be answered");
            return Json(new ErrorAnswer("A fault of the service kept this from being answered; its log says which."), StatusCodes.Status500InternalServerError);
        }
    }

    private static IResult Json<T>(T answer, int status = StatusCodes.Status200OK) => Results.Json(answer, RequestReading.Format, statusCode: status);

    private static IResult Busy(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "1";
        return Json(new ErrorAnswer("The service is answering as many requests as it takes at a time; ask again in a moment."), StatusCodes.Status503ServiceUnavailable);
    }

    // The server decodes a path but for %2F, so that a slash of an id can be told from one of the address.
    private static string Name(HttpContext http, string key) => ((string)http.GetRouteValue(key)!).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static HealthAnswer Health(CurrentModel current)
    {
        using var lease = current.Take();
        var manifest = lease.Model.Manifest;
        var standing = current.Standing;
        return new HealthAnswer("ok", manifest.Model, manifest.Run, manifest.Fingerprints.Weights, standing.OpenedAt, standing.Refused) { IndexRecall = lease.Model.Recall };
    }

    private static IResult Picture(Recommendations answers, Pictures pictures, ServingOptions options, HttpContext http)
    {
        string? image = answers.PictureOf(Name(http, "domain"), Name(http, "id"));
        if (options.Images is null || image is null) throw new RequestException("The item has no picture here.", StatusCodes.Status404NotFound);
        var (content, type) = pictures.Open(image);
        http.Response.Headers.CacheControl = "private, max-age=300";
        return Results.Stream(content, type);
    }

    private static Task<IResult> Page(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        return Task.FromResult(Results.Stream(typeof(ServingEndpoints).Assembly.GetManifestResourceStream(DemoPage)!, "text/html; charset=utf-8"));
    }
}
