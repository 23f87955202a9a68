using UniM2Rec.Serving.Commands;

return await CommandFrame.RunAsync(ServeCommand.Create(), args, Console.Error);
