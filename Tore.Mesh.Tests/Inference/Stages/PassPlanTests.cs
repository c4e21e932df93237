using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Inference.Stages;

namespace Tore.Mesh.Tests.Inference.Stages;

public sealed class PassPlanTests
{
    [Theory]
    [InlineData("1000 10", "00", 0, 512, "502 10")]
    [InlineData("1000 1000", "00", 0, 512, "256 256")]
    [InlineData("1000 1000 1000", "000", 1, 512, "170 171 171")]
    [InlineData("1 1000 1", "101", 0, 512, "1 64 1")]
    [InlineData("1 1 1", "111", 0, 512, "1 1 1")]
    [InlineData("0 5", "00", 0, 512, "0 5")]
    [InlineData("9 9", "00", 0, 1, "1 0")]
    [InlineData("9 9", "00", 1, 1, "0 1")]
    public void Share_Waiting_IsFairAndCarriesEveryDecodeStep(string waiting, string decode, int turn, int promptRows, string expected)
    {
        int[] rows = [.. waiting.Split(' ').Select(int.Parse)];
        bool[] isDecode = [.. decode.Select(c => c == '1')];
        var take = new int[rows.Length];
        int total = PassPlan.Share(rows, isDecode, turn, promptRows, take);
        Assert.Equal(expected, string.Join(' ', take));
        Assert.Equal(take.Sum(), total);
    }

    [Fact]
    public void Share_AnyLoad_NeverExceedsAndNeverIdles() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<byte>(), (bytes, turn) =>
        {
            int[] rows = [.. bytes.Select(b => (int)b)];
            bool[] isDecode = [.. bytes.Select(b => b == 1)];
            var take = new int[rows.Length];
            int total = PassPlan.Share(rows, isDecode, turn, 100, take);
            int decoding = isDecode.Count(d => d);
            int prompts = rows.Sum() - decoding;
            int room = Math.Min(100, decoding > 0 ? PassPlan.PromptRowsBesideDecode : 100);
            return take.Zip(rows).All(pair => pair.First <= pair.Second) && total == decoding + Math.Min(prompts, room);
        }).QuickCheckThrowOnFailure();
}
