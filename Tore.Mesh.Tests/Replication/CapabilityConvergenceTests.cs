using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Primitives;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Replication;

/// <summary>Whatever happens to messages, links and processes: once they are left in peace, all indexes are equal and right.</summary>
public sealed class CapabilityConvergenceTests
{
    private static Config Quiet => Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(150);

    [Fact]
    public void AnyOrderDuplicationAndLoss_ThenComparing_GivesEqualIndexes() => Prop.ForAll<int>(seed =>
    {
        Region region = Storm(seed, steps: 300, restarts: false);
        Settle(region);
    }).Check(Quiet);

    [Fact]
    public void AnyOrderDuplicationAndLoss_WithRestartsThatForgot_GivesEqualIndexes() => Prop.ForAll<int>(seed =>
    {
        Region region = Storm(seed, steps: 300, restarts: true);
        Settle(region);
    }).Check(Quiet);

    [Fact]
    public void TwoTables_TheSameRecordsInAnyOrderAndNumber_AreEqual() => Prop.ForAll<int>(seed =>
    {
        var random = new Random(seed);
        Author[] authors = [.. Enumerable.Range(1, 3).Select(n => new Author(n))];
        // Few stamps and bodies, so that equal stamps with different bodies are common.
        CapabilityRecord[] records = [.. Enumerable.Range(0, 20).Select(_ => authors[random.Next(3)]
            .Record((ulong)random.Next(3), (ulong)random.Next(3), slots: random.Next(3)))];
        CapabilityTable[] tables = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var table = new CapabilityTable(Author.Mesh, Support.KeyedSigner.Verifier);
            Array.ForEach(authors, a => table.Add(a.Id, a.Key));
            CapabilityRecord[] deliveries = [.. records, .. random.GetItems(records, 20)];
            random.Shuffle(deliveries);
            TimeSpan now = TimeSpan.FromHours(1);
            Array.ForEach(deliveries, r => table.Accept(r, now += TimeSpan.FromSeconds(10)));
            return table;
        })];
        Assert.Equal(tables[0].Digest, tables[1].Digest);
    }).Check(Quiet);

    private static Region Storm(int seed, int steps, bool restarts)
    {
        var region = new Region(seed, nodes: 5) { Full = 0.2 };
        region.StartAll();
        for (int i = 0; i < steps; i++)
        {
            Region.Node node = region.Nodes[region.Random.Next(5)], other = region.Nodes[region.Random.Next(5)];
            int mail = region.Random.Next(Math.Max(1, region.Waiting.Count));
            switch (region.Random.Next(restarts ? 12 : 11))
            {
                case 0:
                    node.Change(info => info with { Slots = region.Random.Next(100) });
                    break;
                case 1 or 2 or 3 when region.Waiting.Count > 0:
                    region.Deliver(mail);
                    break;
                case 4 or 5 when region.Waiting.Count > 0:
                    region.Deliver(mail, again: true);
                    break;
                case 6 or 7 when region.Waiting.Count > 0:
                    region.Waiting.RemoveAt(mail);
                    break;
                case 8:
                    region.Unlink(node, other);
                    break;
                case 9 when node != other:
                    region.Link(node, other);
                    break;
                case 10:
                    region.RunFor(TimeSpan.FromSeconds(region.Random.Next(5)));
                    break;
                case 11:
                    node.Start(incarnation: (ulong)region.Random.Next(1, 4));
                    break;
                default:
                    break;
            }
        }
        region.Full = 0;
        return region;
    }

    private static void Settle(Region region)
    {
        region.Nodes.ToList().ForEach(n => region.Nodes.ToList().ForEach(m => region.Unlink(n, m)));
        // A chain: what is at one end reaches the other only through comparing.
        for (int i = 1; i < region.Nodes.Count; i++)
        {
            region.Link(region.Nodes[i - 1], region.Nodes[i]);
        }
        region.RunFor(TimeSpan.FromMinutes(10));
        foreach (Region.Node node in region.Nodes)
        {
            Assert.Equal(region.Nodes[0].Index.Digest, node.Index.Digest);
            foreach (Region.Node author in region.Nodes)
            {
                NodeInfo known = node.Index.InfoOf(author.Id)!.Value;
                Assert.Equal((author.Info.Version, author.Info.Slots), (known.Version, known.Slots));
            }
        }
    }
}
