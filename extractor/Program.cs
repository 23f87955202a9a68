using UniM2Rec.Extractor.Commands;

return await CommandLine.RunAsync(args, Console.Error);
