namespace Tore.Mesh.Wire;

/// <summary>What else an <see cref="Activations"/> frame asks for. Unknown bits are ignored.</summary>
[Flags]
internal enum ActivationFlags
{
    /// <summary>Nothing: more of the prompt follows.</summary>
    None = 0,

    /// <summary>The last row ends what is known: the last stage draws the next token from it.</summary>
    Sample = 1,
}
