namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// How far the push-pulls with one peer have come: what it may send next. So a peer cannot make this node work on tables more often
/// than the exchange has steps.
/// </summary>
/// <param name="DigestSent">This node has sent a digest, and takes one summary for it.</param>
/// <param name="SummarySent">This node has sent a summary, and takes one list of wanted records for it.</param>
/// <param name="AnswersAfter">The next digest is answered after this, on the active clock.</param>
internal readonly record struct PushPullProgress(bool DigestSent, bool SummarySent, TimeSpan AnswersAfter);
