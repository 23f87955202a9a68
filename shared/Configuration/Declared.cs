using System.Reflection;

namespace UniM2Rec.Configuration;

/// <summary>
/// Types that are found rather than listed: models, importers and encoder families, in the library that defines what they are and in every loaded
/// assembly that refers to it. So a new one is a file, and nothing else is edited.
/// </summary>
public static class Declared
{
    /// <summary>Classes that can be made and are assignable to <typeparamref name="T"/>.</summary>
    public static IEnumerable<Type> TypesOf<T>()
    {
        var home = typeof(T).Assembly;
        return AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => assembly == home || assembly.GetReferencedAssemblies().Any(referred => referred.Name == home.GetName().Name))
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(T)));
    }

    /// <summary>One of each of them; each has a constructor without parameters.</summary>
    public static IEnumerable<T> InstancesOf<T>() => TypesOf<T>().Select(type => (T)Activator.CreateInstance(type, nonPublic: true)!);
}
