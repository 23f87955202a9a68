using System.Text.Json;
using System.Text.Json.Serialization;

namespace UniM2Rec.Features.Manifest;

/// <summary>JSON form of the manifest; generated at compile time, so that opening a store spends no time on reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(StoreManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
