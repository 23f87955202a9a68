using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Serilog;

namespace UniM2Rec.Serving;

/// <summary>Recommendations in any application: <c>services.AddUniM2Rec("folder")</c>, then <c>app.MapUniM2Rec()</c> or <see cref="Recommendations"/> from the container.</summary>
public static class ServingServices
{
    /// <summary>Adds what answers from an exported recommender. The application starts once the model is open, and not at all where it can't be used.</summary>
    /// <param name="services">The application's.</param>
    /// <param name="model">The --out folder of <c>unim2rec-train export</c>.</param>
    /// <param name="configure">Changes what is taken.</param>
    public static IServiceCollection AddUniM2Rec(this IServiceCollection services, string model, Action<ServingOptions>? configure = null)
    {
        var options = new ServingOptions { Model = model };
        configure?.Invoke(options);
        services.TryAddSingleton(_ => Log.Logger);
        services.AddSingleton(options);
        services.AddSingleton<CurrentModel>();
        services.AddSingleton<ServiceMetrics>();
        services.AddSingleton<Recommendations>();
        services.AddHostedService(provider => provider.GetRequiredService<CurrentModel>());
        return services;
    }
}
