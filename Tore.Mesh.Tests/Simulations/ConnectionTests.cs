using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>The laws of the simulated network: what TCP and TLS cost, and how each kind of failure looks from either end.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public void Dial_ToAListener_TakesFourRoundTripsAndAHalfForTheOtherEnd()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        Assert.Equal(["80.0 opened here"], street.From.Log);
        Assert.Equal(["90.0 opened by peer"], street.To.Log);
        // TCP, TLS, hellos and proofs: some 1.5 kB one way and 1.4 the other, headers included.
        Assert.InRange(street.Caller.Traffic.BytesOut, 1300, 2200);
        Assert.InRange(street.Called.Traffic.BytesOut, 1100, 2000);
        Assert.Equal(street.Caller.Traffic.BytesOut, street.Called.Traffic.BytesIn);
    }

    [Fact]
    public void Dial_MachineUpProcessDead_IsRefusedAtOnce()
    {
        var street = new Street();
        street.StartBoth();
        street.Called.Kill();
        street.RunFor(10);
        Assert.Equal(["20.0 failed peer_unreachable"], street.From.Log);
    }

    [Fact]
    public void Dial_MachineOff_TimesOutAfterFiveSeconds()
    {
        var street = new Street();
        street.Caller.Start();
        street.RunFor(10);
        Assert.Equal(["5000.0 failed peer_unreachable"], street.From.Log);
    }

    [Fact]
    public void Dial_MachineComesUpMeanwhile_IsReachedByTheSecondRepeat()
    {
        var street = new Street();
        street.Caller.Start();
        street.RunFor(2);
        street.Called.Start();
        street.RunFor(10);
        Assert.Equal(["3080.0 opened here"], street.From.Log);
    }

    [Fact]
    public void Dial_ToAPausedProcess_TimesOutInTheHandshake()
    {
        Street street = new Street();
        street.Called.Start();
        street.Called.Pause();
        street.Caller.Start();
        street.RunFor(10);
        Assert.Equal(["5020.0 failed handshake_timeout"], street.From.Log);
    }

    [Fact]
    public void Send_SegmentsLost_ArriveLaterInOrder()
    {
        NetworkOptions lossy = Street.TenMilliseconds with { Loss = 0.2 };
        Street street = new Street(interval: TimeSpan.FromMilliseconds(50), network: lossy).StartBoth();
        street.RunFor(60);
        (TimeSpan At, uint Number)[] received = [.. street.To.Received];
        Assert.Equal(received.Select(r => r.Number).Order(), received.Select(r => r.Number));
        Assert.Equal(received.Length, received.Select(r => r.Number).Distinct().Count());
        Assert.InRange(received.Length, 1050, 1200);
        Assert.Equal(received.Select(r => r.At).Order(), received.Select(r => r.At));
    }

    [Fact]
    public void Send_WayCutForASecond_ArrivesByARepeatAfter200MillisecondsDoubling()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        PathRule cut = street.Cut(there: true, back: true);
        street.From.Say();
        street.RunFor(1);
        street.Simulation.Network.Remove(cut);
        street.RunFor(10);
        // Sent at 1.0, repeated at 1.2, 1.6 and 3.0 less nothing: 1 + 0.2 + 0.4 + 0.8 = 2.4 is the first after the cut.
        Assert.Equal(TimeSpan.FromSeconds(2.41), Assert.Single(street.To.Received).At);
        Assert.Equal(["80.0 opened here"], street.From.Log);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Send_WayCutForGood_ResetsAfterSixRepeats(bool there, bool back)
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Cut(there, back);
        street.From.Say();
        street.RunFor(60);
        // 1 + 0.2 x (1 + 2 + 4 + 8 + 16 + 32 + 64)
        Assert.Equal("26400.0 closed link_closed", street.From.Log[^1]);
        // Where the way there is open, the message came, though nobody could say so, and so does the reset.
        Assert.Equal(there ? 0 : 1, street.To.Received.Count);
        Assert.Equal(there ? 1 : 2, street.To.Log.Count);
    }

    [Fact]
    public void Kill_PeersSeeTheEnd()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Called.Kill();
        street.RunFor(1);
        Assert.Equal("1010.0 closed null", street.From.Log[^1]);
    }

    [Fact]
    public void PowerOff_PeersSeeNothingUntilTheySend()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Called.PowerOff();
        street.RunFor(60);
        Assert.Single(street.From.Log);
        street.From.Say();
        street.RunFor(60);
        Assert.Equal("86400.0 closed link_closed", street.From.Log[^1]);
    }

    [Fact]
    public void PowerOff_MachineBackBeforeTheLastRepeat_KnowsNothingAndResets()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Called.PowerOff();
        street.From.Say();
        street.RunFor(1);
        street.Called.Start();
        street.RunFor(10);
        Assert.Equal("2420.0 closed link_closed", street.From.Log[^1]);
        Assert.Empty(street.To.Received);
    }

    [Fact]
    public void Close_SaysGoodbyeBehindWhatWasSent()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.From.Say();
        street.Caller.Leave();
        street.RunFor(1);
        Assert.Single(street.To.Received);
        Assert.Equal("1010.0 closed draining", street.To.Log[^1]);
        Assert.Equal("1020.0 closed draining", street.From.Log[^1]);
    }

    [Fact]
    public void Close_PeerIsSilent_EndsAfterTheLinger()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Cut(there: true, back: true);
        street.Caller.Leave();
        street.RunFor(10);
        Assert.Equal("3000.0 closed draining", street.From.Log[^1]);
    }
}
