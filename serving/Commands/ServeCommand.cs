using System.CommandLine;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using UniM2Rec.Serving.Model;

namespace UniM2Rec.Serving.Commands;

/// <summary>The program unim2rec-serve.</summary>
public static class ServeCommand
{
    /// <summary>The program.</summary>
    public static RootCommand Create()
    {
        var model = new Option<string>("--model") { Description = "Folder of an exported recommender (unim2rec-train export).", Required = true };
        var images = new Option<string?>("--images") { Description = "The catalogue's pictures folder; without it, no pictures are shown." };
        var address = new Option<string>("--address") { Description = "Address to listen on. Whoever reaches it can ask: there is no authentication.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = WholeNumber.WithDefault("--port", "Port to listen on; 0 for one that is free.", 8080, least: 0, most: IPEndPoint.MaxPort);
        var threads = WholeNumber.WithDefault("--threads", "Processor threads of a request; 0 = one a core.", 0, least: 0, most: 1024);
        var index = NameOption.WithDefault("--index", "How candidates are found: exact scores all; hnsw finds most of the best by an index, which is built at the first start; auto takes it above a million.", IndexKind.Auto);
        var requests = WholeNumber.WithDefault("--max-requests", "Requests at work at the same time; further ones are told to ask again.", new ServingOptions().MaxRequests, least: 1, most: 100_000);
        var verb = new Verb("unim2rec-serve",
            "Answers requests for recommendations from an exported recommender, over HTTP (docs/SERVING.md); a new export in the folder is taken up without a pause.",
            "--model garden-recommender",
            "--model garden-recommender --images shop/images --port 9000")
        {
            model, images, address, port, threads, index, requests,
        };
        return CommandFrame.Program(verb.Does((parsed, context) =>
        {
            string given = parsed.GetRequiredValue(address);
            if (!IPAddress.TryParse(given == "localhost" ? "127.0.0.1" : given, out var where))
                throw UserErrorException.Usage($"--address is '{Excerpt.Of(given)}', but an IP address such as 127.0.0.1 or 0.0.0.0 is needed.");
            if (parsed.GetValue(images) is { } folder && !Directory.Exists(folder))
                throw new UserErrorException($"The pictures folder {folder} does not exist; give the folder that dataset.json names, or leave --images out.");
            var options = new ServingOptions
            {
                Model = parsed.GetRequiredValue(model),
                Images = parsed.GetValue(images),
                Threads = parsed.GetValue(threads),
                Index = parsed.GetValue(index),
                MaxRequests = parsed.GetValue(requests),
            };
            Serve(options, new IPEndPoint(where, parsed.GetValue(port)), context).GetAwaiter().GetResult();
            return ExitCodes.Done;
        }));
    }

    /// <summary>Serves until it is stopped, and lets those finish who are being answered.</summary>
    private static async Task Serve(ServingOptions options, IPEndPoint where, VerbContext context)
    {
        if (options.Model.Length == 0 || options.Model.Contains('\0')) throw UserErrorException.Usage("--model is empty, or a text that no path can be; give the folder of an exported recommender.");
        await using var app = ServingHost.Create(options, where, context.Log);
        try
        {
            await app.StartAsync(context.Cancellation);
        }
        catch (IOException taken)
        {
            throw new UserErrorException($"{where} can't be listened on ({taken.Message.TrimEnd('.')}); give another --port or --address.", taken);
        }
        catch (System.Net.Sockets.SocketException refused)
        {
            throw new UserErrorException($"{where} can't be listened on ({refused.Message.TrimEnd('.')}); give another --port or --address.", refused);
        }

        using (var lease = app.Services.GetRequiredService<CurrentModel>().Take())
        {
            var manifest = lease.Model.Manifest;
            context.Log.Information("{Title:l} of {Run:l}: {Candidates:N0} items to recommend, {Users:N0} users known by id", manifest.Title, manifest.Run, manifest.Candidates, lease.Model.Users);
        }

        if (!IPAddress.IsLoopback(where.Address)) context.Log.Warning("Whoever reaches {Address:l} can ask: there is no authentication; put a proxy before it that has", where.ToString());
        context.Log.Information("Listening on {Address:l}", app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var stopped = new TaskCompletionSource();
        await using (context.Cancellation.Register(stopped.SetResult)) await stopped.Task;
        context.Log.Information("Stopping, once what is being answered is answered");
        await app.StopAsync(CancellationToken.None);
    }
}
