namespace Tore.Mesh.Membership.Links;

/// <summary>Something that is due at one time or at none.</summary>
internal abstract class Timed
{
    /// <summary>Its place in the queue; -1 outside.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>When it is due; meaningful inside the queue.</summary>
    internal TimeSpan Due { get; set; }

    /// <summary>Breaks ties: of equal times the one set first goes first.</summary>
    internal long Order { get; set; }
}
