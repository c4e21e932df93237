namespace Tore.Mesh.Host.Doctor;

/// <summary>One thing that <c>tore doctor</c> found.</summary>
/// <param name="Code">Stable: one of the error codes, or of <see cref="FindingCodes"/>.</param>
/// <param name="About">What it is about: a node's id, an address, a file.</param>
/// <param name="What">What was seen.</param>
/// <param name="Why">What that comes from, as far as it can be told.</param>
/// <param name="Do">What to do.</param>
/// <param name="IsProblem">Whether something does not work for it; else it is worth knowing only.</param>
internal sealed record Finding(string Code, string About, string What, string Why, string Do, bool IsProblem = true);
