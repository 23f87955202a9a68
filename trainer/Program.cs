using UniM2Rec.Trainer.Commands;

return await CommandFrame.RunAsync(
    CommandFrame.Program(
        "unim2rec-train",
        "Trains universal multi-modal, multi-domain recommenders from extracted features.",
        PretrainCommand.Create(),
        FinetuneCommand.Create(),
        EvaluateCommand.Create(),
        RecommendCommand.Create(),
        ExportCommand.Create(),
        CompareCommand.Create(),
        ReportCommand.Create(),
        StudyCommand.Create(),
        TuneCommand.Create()),
    args,
    Console.Error);
