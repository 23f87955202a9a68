using UniM2Rec.Extractor.Commands;

return await ExtractProgram.RunAsync(args, Console.Error);
