using UniM2Rec.Extractor.Commands;

return await Verbs.RunAsync(args, Console.Error);
