namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// What a generation tells, in this order: one <see cref="TextStarted"/>, any number of <see cref="TextDelta"/>, one <see
/// cref="TextFinished"/>.
/// </summary>
public abstract record TextEvent;
