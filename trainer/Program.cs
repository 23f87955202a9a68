using UniM2Rec.Trainer.Commands;
using UniM2Rec.Trainer.Distributed;

return await RankFrame.RunAsync(args, (ranks, arguments, errors) => CommandFrame.RunAsync(
    CommandFrame.Program(
        "unim2rec-train",
        "Trains universal multi-modal, multi-domain recommenders from extracted features.",
        PretrainCommand.Create(ranks),
        FinetuneCommand.Create(ranks),
        EvaluateCommand.Create(),
        RecommendCommand.Create(),
        ExportCommand.Create(),
        CompareCommand.Create(),
        ReportCommand.Create(),
        StudyCommand.Create(),
        TuneCommand.Create()),
    arguments,
    errors));
