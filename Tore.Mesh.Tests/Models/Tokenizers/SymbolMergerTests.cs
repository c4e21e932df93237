using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Tests.Models.Tokenizers;

public sealed class SymbolMergerTests
{
    [Fact]
    public void Merge_AnyWord_EqualsTheTextbookOrder() =>
        Prop.ForAll(Gen.Choose(0, 3).ArrayOf().ToArbitrary(), word =>
        {
            SymbolMerger merger = new();
            for (int index = 0; index < word.Length; index++)
            {
                merger.Add(word[index], index);
            }
            merger.Merge([], word.Length, default(Rule));
            Assert.Equal(Textbook(word), Enumerable.Range(0, merger.Count).Select(merger.SymbolAt));
            Assert.Equal(word.Length, merger.StartAt(merger.Count));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(120));

    // The pair of lowest rank, the leftmost of them, until there is none.
    private static List<int> Textbook(int[] word)
    {
        List<int> symbols = [.. word];
        while (true)
        {
            int best = -1;
            uint bestRank = uint.MaxValue;
            int bestMerged = 0;
            for (int index = 0; index + 1 < symbols.Count; index++)
            {
                if (Rule.Merges(symbols[index], symbols[index + 1], out uint rank, out int merged) && rank < bestRank)
                {
                    (best, bestRank, bestMerged) = (index, rank, merged);
                }
            }
            if (best < 0)
            {
                return symbols;
            }
            symbols[best] = bestMerged;
            symbols.RemoveAt(best + 1);
        }
    }

    // An arbitrary table: two thirds of all pairs of symbols below 40 merge.
    private readonly struct Rule : IMergeRule
    {
        public static bool Merges(int left, int right, out uint rank, out int merged)
        {
            rank = (uint)(((left * 31) + (right * 17)) % 13);
            merged = ((left * 7) + (right * 5) + 4) % 40;
            return ((left + (2 * right)) % 3) != 0;
        }

        public bool TryMerge(ReadOnlySpan<char> text, int start, int end, int left, int right, out uint rank, out int merged) =>
            Merges(left, right, out rank, out merged);
    }
}
