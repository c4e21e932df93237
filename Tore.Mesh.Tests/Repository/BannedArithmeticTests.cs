using System.Runtime.Intrinsics;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Tore.Mesh.Tests.Repository;

/// <summary>
/// Results are defined bit for bit (docs/arithmetic.md), so nothing under Tensors/ and Inference/ may call what differs from machine to
/// machine: the C runtime's functions, sums in an order of the machine's choosing, and estimates.
/// </summary>
public sealed class BannedArithmeticTests
{
    private const string DoubleFile = "Tore.Mesh.Tensors.CanonicalDouble";

    private static readonly string[] Namespaces = ["Tore.Mesh.Tensors", "Tore.Mesh.Inference"];

    private static readonly string[] Scalars = ["System.Math", "System.MathF", "System.Single", "System.Double", "System.Half"];

    private static readonly HashSet<string> Transcendental =
    [
        "Exp", "ExpM1", "Exp2", "Exp2M1", "Exp10", "Exp10M1", "Log", "LogP1", "Log2", "Log2P1", "Log10", "Log10P1", "Pow", "Cbrt", "RootN",
        "Hypot", "Sin", "Cos", "Tan", "SinCos", "SinPi", "CosPi", "TanPi", "SinCosPi", "Asin", "Acos", "Atan", "Atan2", "AsinPi", "AcosPi",
        "AtanPi", "Atan2Pi", "Sinh", "Cosh", "Tanh", "Asinh", "Acosh", "Atanh",
    ];

    [Fact]
    public void Library_TensorsAndInference_CallNoArithmeticThatDiffersByMachine()
    {
        using AssemblyDefinition library = AssemblyDefinition.ReadAssembly(typeof(Tore.Mesh.Tensors.KernelSet).Assembly.Location);
        string[] violations = [.. library.MainModule.GetTypes().Where(IsCovered).SelectMany(Violations)];
        Assert.True(violations.Length == 0, string.Join('\n', violations));
    }

    [Fact]
    public void Rule_SpecimenOfEachKind_IsFound()
    {
        using AssemblyDefinition tests = AssemblyDefinition.ReadAssembly(typeof(BannedArithmeticTests).Assembly.Location);
        TypeDefinition specimen = tests.MainModule.GetTypes().Single(type => type.Name == nameof(Specimen));
        string[] found = [.. Violations(specimen)];
        string[] expected =
        [
            "Math::FusedMultiplyAdd", "Math::Pow", "MathF::Exp", "Double::FusedMultiplyAdd", "Single::MultiplyAddEstimate",
            "Vector128::Sum",
            "Vector128::MaxNative", "Vector128::Exp",
        ];
        Assert.All(expected, call => Assert.Contains(found, violation => violation.Contains(call, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, found.Length);
    }

    private static bool IsCovered(TypeDefinition type)
    {
        string space = Outermost(type).Namespace;
        return Namespaces.Any(prefix => space == prefix || space.StartsWith(prefix + ".", StringComparison.Ordinal));
    }

    private static TypeDefinition Outermost(TypeDefinition type) => type.DeclaringType is null ? type : Outermost(type.DeclaringType);

    private static IEnumerable<string> Violations(TypeDefinition type) =>
        from method in type.Methods
        where method.HasBody
        from instruction in method.Body.Instructions
        where instruction.OpCode.OperandType == OperandType.InlineMethod
        let called = (MethodReference)instruction.Operand
        where IsBanned(called, Outermost(type).FullName)
        select $"{method.FullName} calls {called.DeclaringType.Name}::{called.Name}";

    private static bool IsBanned(MethodReference called, string caller)
    {
        string owner = called.DeclaringType.GetElementType().FullName;
        string name = called.Name;
        if (owner.StartsWith("System.Numerics.Tensors.", StringComparison.Ordinal))
        {
            return true;
        }
        if (Scalars.Contains(owner))
        {
            bool doubleFma = name == "FusedMultiplyAdd" && (owner == "System.Math" || (owner == "System.Double" && caller != DoubleFile));
            return Transcendental.Contains(name)
                || name.EndsWith("Estimate", StringComparison.Ordinal)
                || name.EndsWith("Native", StringComparison.Ordinal)
                || doubleFma;
        }
        bool vector = owner.StartsWith("System.Runtime.Intrinsics.", StringComparison.Ordinal)
            || owner.StartsWith("System.Numerics.Vector", StringComparison.Ordinal);
        return vector
            && (name is "Sum" or "Dot"
                // x86 has one of floats; Arm's, of integers, is exact.
                || (name == "DotProduct" && owner.Contains(".X86.", StringComparison.Ordinal))
                || Transcendental.Contains(name)
                || name.StartsWith("Reciprocal", StringComparison.Ordinal)
                || name.EndsWith("Estimate", StringComparison.Ordinal)
                || name.EndsWith("Native", StringComparison.Ordinal));
    }

    private static class Specimen
    {
        public static double Doubles(double x) => Math.FusedMultiplyAdd(x, x, 1) + Math.Pow(x, 2) + double.FusedMultiplyAdd(x, x, x);

        public static float Singles(float x) =>
            MathF.Exp(x) + float.MultiplyAddEstimate(x, x, x) + MathF.Sqrt(x) + MathF.FusedMultiplyAdd(x, x, x);

        public static float Vectors(Vector128<float> x) => Vector128.Sum(Vector128.MaxNative(x, Vector128.Exp(x)) + x);
    }
}
