namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>
/// A name or attribute that is not there. It prints as nothing, iterates as nothing and is false; any other use fails with the
/// reason it carries.
/// </summary>
internal sealed record JinjaUndefined(string Reason)
{
    /// <summary>The failure of using it.</summary>
    public JinjaException Fail() => new(Reason);
}
