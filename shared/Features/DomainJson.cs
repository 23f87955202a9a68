using System.Text.Json.Serialization;

namespace UniM2Rec.Features;

/// <summary>JSON form of the domains in the item table's metadata.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DomainRange[]))]
internal sealed partial class DomainJson : JsonSerializerContext;
