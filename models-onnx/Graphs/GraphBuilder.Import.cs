namespace UniM2Rec.Models.Graphs;

/// <content>Building other models in.</content>
public sealed partial class GraphBuilder
{
    /// <summary>Adds the part of another model that one of its outputs needs. A batch size that the model declares is not taken over.</summary>
    /// <param name="model">The other model.</param>
    /// <param name="prefix">Put before the names of its nodes, values and weights; no other import may have it.</param>
    /// <param name="output">Name of its output.</param>
    /// <param name="inputs">What each of its inputs is here; what the output does not need may be left out.</param>
    /// <returns>The output.</returns>
    /// <exception cref="ArgumentException">The model has no such output, or needs an input that was not given.</exception>
    /// <exception cref="Diagnostics.UserErrorException">An operator is too old (<see cref="OpsetUpgrade"/>).</exception>
    internal Value Import(OnnxModel model, string prefix, string output, params ReadOnlySpan<(string Name, Value Value)> inputs)
    {
        if (!model.Outputs.TryGetValue(output, out var type))
            throw new ArgumentException($"{model.Source} has no output '{output}', only {string.Join(", ", model.Outputs.Keys)}.", nameof(output));
        var needed = new HashSet<string> { output };
        var nodes = new List<Node>();
        foreach (var node in model.Nodes.Reverse().Where(node => node.Outputs.Any(needed.Contains)))
        {
            nodes.Add(OpsetUpgrade.Upgrade(node, model));
            needed.UnionWith(node.Inputs);
        }

        var names = new Dictionary<string, string> { [""] = "" };
        foreach (var (name, value) in inputs)
            names[name] = value.Name;
        foreach (var weight in model.Initializers.Where(weight => needed.Contains(weight.Name)))
        {
            names[weight.Name] = prefix + weight.Name;
            Initializers.Add(weight with { Name = prefix + weight.Name });
        }

        foreach (var name in nodes.SelectMany(node => node.Outputs).Where(name => name.Length > 0))
            names[name] = prefix + name;
        if (needed.FirstOrDefault(name => !names.ContainsKey(name)) is { } missing)
            throw new ArgumentException($"{model.Source} needs its input '{missing}' for '{output}', which was not given.", nameof(inputs));
        foreach (var node in Enumerable.Reverse(nodes))
            Nodes.Add(new Node(node.Operator, prefix + node.Name, [.. node.Inputs.Select(name => names[name])], [.. node.Outputs.Select(name => names[name])], node.Attributes));
        return new Value(prefix + output, type);
    }
}
