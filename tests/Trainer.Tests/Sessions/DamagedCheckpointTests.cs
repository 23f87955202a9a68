using UniM2Rec.SafeTensors;
using UniM2Rec.Tests.Fixtures;
using UniM2Rec.Trainer.Sessions;

namespace UniM2Rec.Tests.Sessions;

/// <summary>Checkpoints that are damaged, missing, older, or of something else.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly SmallRun _small = new();

    public void Dispose() => _small.Dispose();

    [Theory]
    [InlineData("best.safetensors", CheckpointFile.Weights)]
    [InlineData("last.safetensors", CheckpointFile.Run)]
    public void A_flipped_bit_anywhere_is_an_error_that_names_the_file(string name, string format)
    {
        string path = Path.Combine(_small.Train("run").Path, name);
        byte[] sound = File.ReadAllBytes(path);
        int header = 8 + (int)BitConverter.ToInt64(sound);
        var random = new Random(1);
        CheckpointFile.Open(path, format).Dispose();
        for (int flip = 0; flip < SmallRun.Faults(400); flip++)
        {
            byte[] damaged = [.. sound];
            // Half of them in the header, which is the smaller part.
            int at = flip % 2 == 0 ? random.Next(header) : random.Next(sound.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, damaged);

            var error = Assert.Throws<UserErrorException>(() => CheckpointFile.Open(path, format));

            Assert.Contains(name, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("best.safetensors", CheckpointFile.Weights)]
    [InlineData("last.safetensors", CheckpointFile.Run)]
    public void A_file_that_is_cut_off_or_has_more_at_its_end_is_an_error_that_names_it(string name, string format)
    {
        string path = Path.Combine(_small.Train("run").Path, name);
        byte[] sound = File.ReadAllBytes(path);
        var random = new Random(2);
        foreach (int length in Enumerable.Range(0, 10).Concat(Enumerable.Range(0, SmallRun.Faults(136)).Select(_ => random.Next(sound.Length))).Append(sound.Length - 1))
        {
            File.WriteAllBytes(path, sound[..length]);
            Assert.Contains(name, Assert.Throws<UserErrorException>(() => CheckpointFile.Open(path, format)).Message, StringComparison.Ordinal);
        }

        File.WriteAllBytes(path, [.. sound, 0, 0, 0, 0]);
        Assert.Contains(name, Assert.Throws<UserErrorException>(() => CheckpointFile.Open(path, format)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_newest_checkpoint_costs_the_steps_since_the_one_before_and_says_so()
    {
        var whole = _small.Train("whole", epochs: 3);
        var run = _small.Copy(_small.Train("run"), "damaged");
        Flip(run.Last);

        _small.Resume("damaged", epochs: 3);

        string said = Assert.Single(_small.Said, line => line.Contains("goes on from the checkpoint before", StringComparison.Ordinal));
        Assert.Contains("last.safetensors", said, StringComparison.Ordinal);
        Assert.Contains("epoch 2 after", said, StringComparison.Ordinal);
        Assert.Equal(SmallRun.Metrics(whole), SmallRun.Metrics(run));
    }

    [Fact]
    public void A_deleted_newest_checkpoint_is_said_too()
    {
        var run = _small.Train("run");
        File.Delete(run.Last);

        _small.Resume("run");

        Assert.Contains(_small.Said, line => line.Contains("last.safetensors' does not exist", StringComparison.Ordinal) && line.Contains("checkpoint before", StringComparison.Ordinal));
        Assert.True(File.Exists(run.Last));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_run_without_a_whole_checkpoint_does_not_begin_again_by_itself(bool deleted)
    {
        var run = _small.Train("run");
        string before = File.ReadAllText(run.Metrics);
        foreach (string path in new[] { run.Last, run.Former })
        {
            if (deleted) File.Delete(path);
            else Flip(path);
        }

        if (deleted) File.Delete(run.Best);

        var error = Assert.Throws<UserErrorException>(() => _small.Resume("run"));

        Assert.Contains("last.safetensors", error.Message, StringComparison.Ordinal);
        Assert.Contains("--overwrite instead of --resume", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(run.Metrics));
    }

    [Fact]
    public void A_checkpoint_that_is_deleted_before_the_first_epoch_ends_is_missed_too()
    {
        using (var session = Session.Create(_small.Config(), RunFolder.Create(_small["run"], resume: false, overwrite: false), _small.Context()))
            Assert.Throws<OperationCanceledException>(() => session.Train(() => throw new OperationCanceledException()));
        var run = RunFolder.Open(_small["run"]);
        Assert.False(File.Exists(run.Metrics) || File.Exists(run.Best));
        File.Delete(run.Last);

        Assert.Contains("last.safetensors' does not exist", Assert.Throws<UserErrorException>(() => _small.Resume("run")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "last epoch take their place")]
    [InlineData(3, "the epochs that come is kept")]
    public void Lost_best_weights_are_said_and_do_not_end_the_run(int epochs, string said)
    {
        var run = _small.Train("run");
        string message = Damage(() => File.Delete(run.Best));
        Assert.Contains("--resume", message, StringComparison.Ordinal);
        _small.Resume("run", epochs);
        Assert.Contains(_small.Said, line => line.Contains(said, StringComparison.Ordinal));
        Use();

        message = Damage(() => Flip(run.Best));
        Assert.Contains("best.safetensors", message, StringComparison.Ordinal);
        _small.Resume("run", epochs + 1);
        Use();

        void Use()
        {
            using var session = Session.Open(run, _small.Context());
            Assert.NotEmpty(session.Evaluate("test").Ranks);
        }

        string Damage(Action damage)
        {
            damage();
            return Assert.Throws<UserErrorException>(() => Session.Open(run, _small.Context())).Message;
        }
    }

    [Fact]
    public void Weights_are_not_used_with_a_configuration_that_was_edited()
    {
        var run = _small.Train("run");
        File.WriteAllText(run.Config, File.ReadAllText(run.Config).Replace("\"temperature\": 0.07", "\"temperature\": 0.05", StringComparison.Ordinal));

        var error = Assert.Throws<UserErrorException>(() => Session.Open(run, _small.Context()));

        Assert.Contains("model.temperature=0.05", error.Message, StringComparison.Ordinal);
        Assert.Contains("model.temperature=0.07", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_that_change_while_a_run_is_stopped_are_refused_whatever_its_data_json_says()
    {
        var run = _small.Train("run");
        File.Delete(run.Data);
        _small.Shop.Write(Shop.Items(12), Shop.Events(12, seed: 2));

        Assert.Contains("its interactions", Assert.Throws<UserErrorException>(() => _small.Resume("run", epochs: 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_features_of_the_same_encoder_are_refused_by_a_run_that_goes_on()
    {
        _small.Train("run");
        _small.Shop.Write(Shop.Items(12), Shop.Events(12), shift: 0.5f);

        Assert.Contains("the features in", Assert.Throws<UserErrorException>(() => _small.Resume("run", epochs: 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_from_before_there_were_checksums_are_read_with_a_note()
    {
        var whole = _small.Train("whole", epochs: 3);
        var run = _small.Train("run");
        foreach (string path in new[] { run.Best, run.Last }) WithoutChecksum(path);
        File.Delete(run.Former);

        using (var session = Session.Open(run, _small.Context())) Assert.NotEmpty(session.Evaluate("test").Ranks);
        Assert.Contains(_small.Said, line => line.Contains("before weights had a checksum", StringComparison.Ordinal));
        File.AppendAllText(run.Metrics, File.ReadAllLines(run.Metrics)[1] + "\n{\"epoch\":3,\"lo");

        _small.Resume("run", epochs: 3);

        Assert.Contains(_small.Said, line => line.Contains("before checkpoints had a checksum", StringComparison.Ordinal));
        Assert.Equal(SmallRun.Metrics(whole), SmallRun.Metrics(run));
    }

    [Fact]
    public void Weights_that_only_seem_to_be_older_are_refused()
    {
        var run = _small.Train("run");
        WithoutChecksum(run.Best, keep: "config");
        Assert.Contains("the note 'config'", Assert.Throws<UserErrorException>(() => Session.Open(run, _small.Context())).Message, StringComparison.Ordinal);
    }

    private static void Flip(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^5] ^= 1;
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Writes a checkpoint as the versions before did.</summary>
    private static void WithoutChecksum(string path, string? keep = null)
    {
        string[] former = ["modalities", "encoders", "epoch", "step", "totalSteps", "bestEpoch", "bestFigure"];
        List<SafeTensor> tensors;
        Dictionary<string, string> notes;
        using (var file = SafeTensorsFile.Open(path))
        {
            notes = file.Metadata.Where(n => former.Contains(n.Key) || n.Key == keep).ToDictionary();
            tensors = file.Entries.Select(e => new SafeTensor(e.Name, e.Type, e.Shape, file.Bytes(e.Name).ToArray())).ToList();
        }

        SafeTensorsWriter.Save(path, tensors, notes);
    }
}
