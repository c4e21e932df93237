using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Tests.Pipelines.Text;

public sealed class StopMatcherTests
{
    [Fact]
    public void Push_NoStops_ReleasesEverythingAtOnce()
    {
        var matcher = new StopMatcher([]);
        Assert.Equal("one", matcher.Push("one"));
        Assert.Equal("", matcher.Flush());
        Assert.False(matcher.IsStopped);
    }

    [Fact]
    public void Push_StopAcrossPieces_ShowsNoPartOfIt()
    {
        var matcher = new StopMatcher(["###"]);
        Assert.Equal("a ", matcher.Push("a #"));
        Assert.Equal("", matcher.Push("#"));
        Assert.Equal(2, matcher.HeldLength);
        Assert.Equal("", matcher.Push("# b"));
        Assert.True(matcher.IsStopped);
        Assert.Equal("", matcher.Flush());
    }

    [Fact]
    public void Push_PossibleStopThatBecomesNone_IsReleased()
    {
        var matcher = new StopMatcher(["abcd"]);
        Assert.Equal("x", matcher.Push("xab"));
        Assert.Equal("abc", matcher.Push("cabc")[..3]);
        Assert.Equal("abc", matcher.Flush());
    }

    [Fact]
    public void Push_OverlappingBeginnings_FindsTheLaterStart()
    {
        var matcher = new StopMatcher(["aab"]);
        Assert.Equal("", matcher.Push("aa"));
        Assert.Equal("a", matcher.Push("ab!"));
        Assert.True(matcher.IsStopped);
    }

    [Fact]
    public void Push_TwoStopsCompleteTogether_TheLongerWins()
    {
        var matcher = new StopMatcher(["b", "ab"]);
        Assert.Equal("x", matcher.Push("xab"));
        Assert.True(matcher.IsStopped);
    }

    [Fact]
    public void Push_AfterStop_ReleasesNothing()
    {
        var matcher = new StopMatcher(["."]);
        matcher.Push("end.");
        Assert.Equal("", matcher.Push("more"));
    }

    [Fact]
    public void Push_AnyCut_GivesTheSameTextAsOnePiece()
    {
        Gen<string> text = Gen.Elements('a', 'b', 'c').ArrayOf(12).Select(c => new string(c));
        Gen<string[]> stops = Gen.Elements("ab", "abc", "bca", "ccb", "aaa", "c").ArrayOf(2);
        Gen<int[]> cuts = Gen.Choose(0, 12).ArrayOf(3);
        Prop.ForAll(text.Zip(stops).Zip(cuts).ToArbitrary(), sample =>
        {
            ((string whole, string[] stop), int[] at) = sample;
            string once = Show(whole, stop, []);
            string cut = Show(whole, stop, at);
            int end = once.Length;
            bool clean = !stop.Any(s => once.Contains(s, StringComparison.Ordinal)) && whole.StartsWith(once, StringComparison.Ordinal);
            return cut == once && clean && (end == whole.Length || stop.Any(s => whole[end..].StartsWith(s, StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();
    }

    private static string Show(string text, string[] stops, int[] cuts)
    {
        var matcher = new StopMatcher(stops);
        var shown = new StringBuilder();
        int from = 0;
        foreach (int cut in cuts.Order().Append(text.Length))
        {
            shown.Append(matcher.Push(text[from..cut]));
            from = cut;
        }
        return shown.Append(matcher.Flush()).ToString();
    }
}
