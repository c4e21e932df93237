using Mono.Cecil;
using Mono.Cecil.Cil;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Repository;

/// <summary>
/// Reads the compiled library and holds it against the floors of docs/ARCHITECTURE.md: an import goes only downwards, and
/// within a floor only to a folder listed above.
/// </summary>
public sealed class LayeringTests
{
    // Lowest first; a folder may import those on lower floors, and those named before it on its own.
    private static readonly string[][] Floors =
    [
        ["Primitives"],
        ["Identity", "Documents", "Wire", "Tensors"],
        ["Models", "Transport"],
        ["Inference", "Membership"],
        ["Replication", "Ledger"],
        ["Coordination", "Governance"],
        ["Pipelines", "Collaboration", "Storage"],
        ["Node"],
    ];

    private static readonly Dictionary<string, int> Rank =
        Floors.SelectMany(floor => floor).Select((folder, index) => (folder, index)).ToDictionary(pair => pair.folder, pair => pair.index);

    [Fact]
    public void Library_EveryFolder_IsOnAFloor()
    {
        using AssemblyDefinition assembly = Read();
        string[] strangers = [.. FoldersOf(assembly).Where(folder => !Rank.ContainsKey(folder)).Distinct().Order()];
        Assert.True(strangers.Length == 0, $"folders on no floor: {string.Join(", ", strangers)}");
    }

    [Fact]
    public void Library_EveryImport_GoesDownwards()
    {
        using AssemblyDefinition assembly = Read();
        SortedSet<string> upward = [];
        foreach (TypeDefinition type in assembly.MainModule.GetTypes())
        {
            if (FolderOf(type) is not { } folder || !Rank.TryGetValue(folder, out int rank))
            {
                continue;
            }
            foreach (TypeReference used in UsedBy(type))
            {
                if (FolderOf(used) is { } other && Rank.TryGetValue(other, out int otherRank) && otherRank > rank)
                {
                    upward.Add($"{type.FullName} ({folder}) imports {used.FullName} ({other})");
                }
            }
        }
        Assert.True(upward.Count == 0, "imports that go upwards:\n" + string.Join('\n', upward));
    }

    [Fact]
    public void UsedBy_ThisTest_SeesAReferenceInAMethodBody()
    {
        // The reader itself is proven on a type whose only use of NodeId is inside a body.
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(typeof(LayeringTests).Assembly.Location);
        TypeDefinition probe = assembly.MainModule.GetTypes().Single(type => type.Name == nameof(Probe));
        Assert.Contains(UsedBy(probe), used => used.Name == nameof(NodeId));
    }

    private static AssemblyDefinition Read() => AssemblyDefinition.ReadAssembly(typeof(NodeId).Assembly.Location);

    private static IEnumerable<string> FoldersOf(AssemblyDefinition assembly) =>
        assembly.MainModule.GetTypes().Select(FolderOf).OfType<string>();

    private static string? FolderOf(TypeReference type)
    {
        while (type.DeclaringType is not null)
        {
            type = type.DeclaringType;
        }
        const string root = "Tore.Mesh.";
        string space = type.Namespace;
        return space.StartsWith(root, StringComparison.Ordinal) ? space[root.Length..].Split('.')[0] : null;
    }

    private static IEnumerable<TypeReference> UsedBy(TypeDefinition type)
    {
        IEnumerable<TypeReference?> declared =
        [
            type.BaseType,
            .. type.Interfaces.Select(implemented => implemented.InterfaceType),
            .. type.Fields.Select(field => field.FieldType),
            .. type.CustomAttributes.Select(attribute => attribute.AttributeType),
            .. type.Methods.SelectMany(UsedBy),
        ];
        return declared.OfType<TypeReference>().SelectMany(Unfold);
    }

    private static IEnumerable<TypeReference?> UsedBy(MethodDefinition method)
    {
        IEnumerable<TypeReference?> signature = [method.ReturnType, .. method.Parameters.Select(parameter => parameter.ParameterType)];
        if (!method.HasBody)
        {
            return signature;
        }
        return
        [
            .. signature,
            .. method.Body.Variables.Select(variable => variable.VariableType),
            .. method.Body.Instructions.SelectMany(UsedBy),
        ];
    }

    private static IEnumerable<TypeReference?> UsedBy(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, method.ReturnType, .. method.GenericArguments],
        MethodReference method => [method.DeclaringType, method.ReturnType],
        FieldReference field => [field.DeclaringType, field.FieldType],
        _ => [],
    };

    private static IEnumerable<TypeReference> Unfold(TypeReference type)
    {
        yield return type;
        if (type is GenericInstanceType generic)
        {
            foreach (TypeReference argument in generic.GenericArguments.SelectMany(Unfold))
            {
                yield return argument;
            }
        }
        if (type is TypeSpecification specification)
        {
            foreach (TypeReference element in Unfold(specification.ElementType))
            {
                yield return element;
            }
        }
    }

    private static class Probe
    {
        public static string Text() => default(NodeId).ToString();
    }
}
