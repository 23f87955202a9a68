using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using UniM2Rec.Models.Encoders;

namespace UniM2Rec.Extractor.Encoders;

/// <summary>
/// An encoder's ONNX session. What the session can tell (inputs, their types, the output and its width) is probed; what it can't is the
/// encoder's. One thread at a time; <see cref="Sibling"/> serves another thread.
/// </summary>
public sealed class EncoderSession : IDisposable
{
    private readonly EncoderFolder _encoder;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new() { LogSeverityLevel = OnnxEnvironment.Level };
    private readonly InputBuffer[] _inputs;
    private readonly OrtValue[] _values;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly VectorReading _reading;
    private readonly OrtIoBinding? _binding;
    private readonly bool _ownsSession;
    private float[] _converted = [];

    private EncoderSession(EncoderFolder encoder, InferenceSession session, bool fixedShapes, int? width)
    {
        _encoder = encoder;
        _session = session;
        _ownsSession = width is null;
        FixedShapes = fixedShapes;
        Inputs = [.. session.InputMetadata.Select(i => new SessionInput(i.Key, InputRoles.Of(i.Key, i.Value, encoder.ModelPath), i.Value.ElementDataType, i.Value.Dimensions))];
        SessionChecks.Check(encoder, Inputs);
        _inputs = [.. Inputs.Select(i => InputBuffer.Create(i, encoder.ModelPath))];
        _inputNames = [.. Inputs.Select(i => i.Name)];
        _values = new OrtValue[Inputs.Count];
        OutputName = OutputChoice.Of(encoder, session.OutputMetadata);
        _outputNames = [OutputName];
        _reading = new VectorReading(encoder.Config, encoder.ModelPath);
        _binding = fixedShapes ? session.CreateIoBinding() : null;
        Width = width ?? DeclaredWidth() ?? MeasureWidth();
    }

    /// <summary>The session's inputs.</summary>
    public IReadOnlyList<SessionInput> Inputs { get; }

    /// <summary>The output that is taken.</summary>
    public string OutputName { get; }

    /// <summary>Numbers a feature vector.</summary>
    public int Width { get; }

    /// <summary>
    /// Whether the model, which takes text and picture, can't be told that the text is missing: it reads the empty text then, which for
    /// VisualBERT is its two special tokens.
    /// </summary>
    public bool ReadsMissingText => _encoder.Config.Modality == EncoderModality.Cross && Inputs.All(i => i.Role != InputRole.HasText);

    /// <summary>Whether batches are to come in few fixed shapes (<see cref="SessionSettings.FixedShapes"/>).</summary>
    public bool FixedShapes { get; }

    /// <summary>Time spent inside the session so far.</summary>
    public TimeSpan TimeInSession { get; private set; }

    /// <summary>Opens an encoder's model.</summary>
    /// <exception cref="UserErrorException">The model can't be loaded, or its inputs and outputs don't fit the encoder.</exception>
    public static EncoderSession Open(EncoderFolder encoder, SessionSettings settings)
    {
        using var options = CreateOptions(settings);
        InferenceSession? session = null;
        try
        {
            session = new InferenceSession(encoder.ModelPath, options);
            return new EncoderSession(encoder, session, settings.FixedShapes, width: null);
        }
        catch (OnnxRuntimeException failure)
        {
            session?.Dispose();
            throw new UserErrorException($"{encoder.ModelPath} can't be used as encoder '{encoder.Config.Name}' ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}); put a whole ONNX model there whose inputs fit {EncoderFolder.ConfigFile}.", failure);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>The same model and weights for another thread, with buffers of its own; dispose it before this one.</summary>
    public EncoderSession Sibling() => new(_encoder, _session, FixedShapes, Width);

    /// <summary>The options that every session is opened with.</summary>
    internal static SessionOptions CreateOptions(SessionSettings settings)
    {
        OnnxEnvironment.Ensure();
        var options = new SessionOptions
        {
            IntraOpNumThreads = settings.Threads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            EnableCpuMemArena = true,
            // Shapes change from batch to batch, so that plans for one shape would only pile up.
            EnableMemoryPattern = false,
            LogSeverityLevel = OnnxEnvironment.Level,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", settings.Spinning ? "1" : "0");
        settings.Device.AppendTo(options, settings.GpuMemoryLimit);
        return options;
    }

    /// <summary>Encodes some items of a window and lays their vectors into it.</summary>
    /// <param name="window">The prepared items.</param>
    /// <param name="items">Which of them; one batch.</param>
    /// <param name="rows">Rows of the batch, at least as many as items; what is too many is filled up and passed over.</param>
    /// <param name="length">Ids a row, padding included; ignored where the encoder reads no text.</param>
    /// <exception cref="UserErrorException">The model fails, or answers in a shape that can't be read.</exception>
    public void Encode(PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        // Where no item of a batch has a text there is a position all the same: few models take an axis of length 0.
        length = Math.Max(length, 1);
        try
        {
            for (int i = 0; i < _inputs.Length; i++)
                _values[i] = _inputs[i].Fill(window, items, rows, length);
            long before = Stopwatch.GetTimestamp();
            using var outputs = RunSession();
            TimeInSession += Stopwatch.GetElapsedTime(before);
            long[] shape = outputs[0].GetTensorTypeAndShape().Shape;
            _reading.Read(AsFloats(outputs[0]), shape, window, items, rows, length);
        }
        catch (OnnxRuntimeException failure)
        {
            throw new UserErrorException($"{_encoder.ModelPath} failed on {rows} items ({failure.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')}); check the model with 'unim2rec-extract encoders check', or lower the batch settings.", failure);
        }
        finally
        {
            foreach (var value in _values)
                value?.Dispose();
            Array.Clear(_values);
        }
    }

    /// <summary>Runs a shape once, on nothing, so that its kernels are chosen and its memory is taken before the first batch.</summary>
    /// <exception cref="UserErrorException">The model fails, or the GPU's memory is too small.</exception>
    public void WarmUp(int rows, int length)
    {
        var nothing = new PreparedItems(1, length, hasWeights: true, _encoder.Config.Image?.Size ?? 0, Width, paddingId: 0);
        Encode(nothing, [0], rows, length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _binding?.Dispose();
        if (_ownsSession)
            _session.Dispose();
        _runOptions.Dispose();
    }

    private IDisposableReadOnlyCollection<OrtValue> RunSession()
    {
        if (_binding is null)
            return _session.Run(_runOptions, _inputNames, _values, _outputNames);
        for (int i = 0; i < _values.Length; i++)
            _binding.BindInput(_inputNames[i], _values[i]);
        // The answer is read here, so it is brought to the processor's memory.
        _binding.BindOutputToDevice(OutputName, OrtMemoryInfo.DefaultInstance);
        _binding.SynchronizeBoundInputs();
        _session.RunWithBinding(_runOptions, _binding);
        _binding.SynchronizeBoundOutputs();
        return _binding.GetOutputValues();
    }

    private ReadOnlySpan<float> AsFloats(OrtValue output)
    {
        var type = output.GetTensorTypeAndShape().ElementDataType;
        if (type == TensorElementType.Float)
            return output.GetTensorDataAsSpan<float>();
        if (type != TensorElementType.Float16)
            throw new UserErrorException($"{_encoder.ModelPath}: output '{OutputName}' is of type {type}, but float or float16 was expected; export the model with one of these.");
        var halves = MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>());
        if (_converted.Length < halves.Length)
            _converted = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, _converted);
        return _converted.AsSpan(0, halves.Length);
    }

    /// <summary>The width that the model declares; null where it leaves it open.</summary>
    private int? DeclaredWidth()
    {
        long[] declared = Array.ConvertAll(_session.OutputMetadata[OutputName].Dimensions, length => (long)length);
        return declared.Length == 0 || AnswerShape.Of(declared, _encoder.Config.Pooling, _encoder.ModelPath).Width is not (> 0 and var width) ? null : checked((int)width);
    }

    /// <summary>Where the model leaves its width open, one empty item is encoded.</summary>
    private int MeasureWidth()
    {
        int side = _encoder.Config.Image?.Size ?? 0;
        int tokens = _encoder.Config.Tokenizer is null ? 0 : _encoder.Config.Tokenizer.PadToMaxLength ? _encoder.Config.Tokenizer.MaxLength : 1;
        var window = new PreparedItems(1, tokens, hasWeights: true, side, width: 0, paddingId: 0);
        for (int i = 0; i < _inputs.Length; i++)
            _values[i] = _inputs[i].Fill(window, [0], 1, tokens);
        try
        {
            using var outputs = RunSession();
            return checked((int)AnswerShape.Of(outputs[0].GetTensorTypeAndShape().Shape, _encoder.Config.Pooling, _encoder.ModelPath).Width);
        }
        finally
        {
            foreach (var value in _values)
                value?.Dispose();
            Array.Clear(_values);
        }
    }
}

/// <summary>How an encoder's session is opened.</summary>
public sealed record SessionSettings
{
    /// <summary>Where it runs.</summary>
    public DeviceChoice Device { get; init; } = DeviceChoice.Cpu;

    /// <summary>Threads of one run.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Whether idle threads wait busily: faster between the operators of a large model, a waste beside threads that prepare pictures.</summary>
    public bool Spinning { get; init; } = true;

    /// <summary>
    /// Whether batches come in few fixed shapes, and inputs and outputs are bound (IO binding): on a GPU, where each new shape costs a search for
    /// kernels and new memory.
    /// </summary>
    public bool FixedShapes { get; init; }

    /// <summary>Most GPU memory, in bytes; 0 = no limit.</summary>
    public long GpuMemoryLimit { get; init; }
}

/// <summary>ONNX Runtime's environment, which it has once a process.</summary>
internal static class OnnxEnvironment
{
    /// <summary>
    /// The least that ONNX Runtime writes to the error stream by itself: what fails comes as an exception and is said in one sentence, so its
    /// own lines would only say it twice.
    /// </summary>
    public const OrtLoggingLevel Level = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL;

    private static readonly Lock Creation = new();

    /// <summary>Creates it where that was not done yet; comes before the first session, its options and its providers.</summary>
    public static void Ensure()
    {
        lock (Creation)
        {
            if (OrtEnv.IsCreated)
                return;
            var options = new EnvironmentCreationOptions { logId = "unim2rec", logLevel = Level };
            OrtEnv.CreateInstanceWithOptions(ref options);
        }
    }
}
