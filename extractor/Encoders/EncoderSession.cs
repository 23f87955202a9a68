using System.Diagnostics;
using System.Numerics;
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
    private readonly SessionShape _shape;
    private readonly int? _rows;
    private float[] _converted = [];

    private EncoderSession(EncoderFolder encoder, InferenceSession session, bool fixedShapes, SessionShape? shape)
    {
        _encoder = encoder;
        _session = session;
        _ownsSession = shape is null;
        FixedShapes = fixedShapes;
        Inputs = [.. session.InputMetadata.Select(i => new SessionInput(i.Key, InputRoles.Of(i.Key, i.Value, encoder.ModelPath), i.Value.ElementDataType, i.Value.Dimensions))];
        SessionChecks.Check(encoder, Inputs);
        _inputs = [.. Inputs.Select(i => InputBuffer.Create(i, encoder.ModelPath))];
        _inputNames = [.. Inputs.Select(i => i.Name)];
        _values = new OrtValue[Inputs.Count];
        OutputName = OutputChoice.Of(encoder, session.OutputMetadata);
        _outputNames = [OutputName];
        _binding = fixedShapes ? session.CreateIoBinding() : null;
        _rows = SessionChecks.FixedRows(encoder, Inputs);
        _shape = shape ?? SessionTrial.Measure(encoder, Inputs, session.OutputMetadata[OutputName].Dimensions, AnswerShapeTo);
        _reading = new VectorReading(encoder.Config, encoder.ModelPath, _shape);
    }

    /// <summary>The session's inputs.</summary>
    public IReadOnlyList<SessionInput> Inputs { get; }

    /// <summary>The output that is taken.</summary>
    public string OutputName { get; }

    /// <summary>Numbers a feature vector.</summary>
    public int Width => _shape.Width;

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
        encoder.RequireExternalFiles();
        InferenceSession? session = null;
        try
        {
            session = new InferenceSession(encoder.ModelPath, options);
            var opened = new EncoderSession(encoder, session, settings.FixedShapes, shape: null);
            SessionTrial.RequireIndependence(encoder, opened);
            return opened;
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
    public EncoderSession Sibling() => new(_encoder, _session, FixedShapes, _shape);

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
        if (_rows is not { } fixedRows)
        {
            EncodeBatch(window, items, rows, length);
            return;
        }

        for (; !items.IsEmpty; items = items[Math.Min(fixedRows, items.Length)..])
            EncodeBatch(window, items[..Math.Min(fixedRows, items.Length)], fixedRows, length);
    }

    private void EncodeBatch(PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        // Where no item of a batch has a text there is a position all the same: few models take an axis of length 0.
        length = Math.Max(length, 1);
        try
        {
            Fill(window, items, rows, length);
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
            ReleaseInputs();
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
        return type switch
        {
            TensorElementType.Float => output.GetTensorDataAsSpan<float>(),
            TensorElementType.Double => Converted(output.GetTensorDataAsSpan<double>()),
            // ONNX Runtime has a half type of its own, of the same two bytes.
            _ => Converted(MemoryMarshal.Cast<Float16, Half>(output.GetTensorDataAsSpan<Float16>())),
        };
    }

    private ReadOnlySpan<float> Converted<T>(ReadOnlySpan<T> numbers)
        where T : unmanaged, INumber<T>
    {
        if (_converted.Length < numbers.Length)
            _converted = new float[numbers.Length];
        TensorPrimitives.ConvertTruncating<T, float>(numbers, _converted);
        return _converted.AsSpan(0, numbers.Length);
    }

    /// <summary>What the model answers to some items, as a shape alone.</summary>
    private long[] AnswerShapeTo(PreparedItems window, ReadOnlySpan<int> items, int length)
    {
        try
        {
            Fill(window, items, _rows ?? items.Length, length);
            using var outputs = RunSession();
            return outputs[0].GetTensorTypeAndShape().Shape;
        }
        finally
        {
            ReleaseInputs();
        }
    }

    private void Fill(PreparedItems window, ReadOnlySpan<int> items, int rows, int length)
    {
        for (int i = 0; i < _inputs.Length; i++)
            _values[i] = _inputs[i].Fill(window, items, rows, length);
    }

    private void ReleaseInputs()
    {
        foreach (var value in _values)
            value?.Dispose();
        Array.Clear(_values);
    }
}
