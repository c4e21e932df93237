using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Identity;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives.Platform;
using Tore.Mesh.Storage;
using Tore.Mesh.Tensors;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>How the parts of a node are joined, and how it joins a mesh.</content>
public sealed partial class MeshNode
{
    /// <summary>Version of tore-0001's activation transport.</summary>
    private const string ActivationServerVersion = "0.1";

    private void Assemble()
    {
        var transportOptions = new TransportOptions { TimeProvider = _time };
        _incarnations = IncarnationStore.Open(_folder!.IncarnationPath, _logger);
        var linkOptions = new LinkOptions
        {
            Identity = _key!.Identity,
            Mesh = Mesh,
            Refusal = _admission!.Refusal,
            TimeProvider = _time,
            Logger = _logger,
        };
        _network = new PeerNetwork(
            new PeerNetworkOptions
            {
                Transport = new TlsTransport(_certificate!, _options.TlsMin, transportOptions),
                Links = linkOptions,
                Core = new MeshCoreOptions
                {
                    Mesh = Mesh.Id,
                    Signer = _key,
                    Verifier = EcdsaVerifier.Instance,
                    Random = NewRandom(),
                    Start = _start,
                    StoredIncarnation = _incarnations.Stored,
                    Membership = MembershipOptions.Of(
                        _options.Preset ?? (Mesh == MeshSecret.Local ? MembershipPreset.Local : MembershipPreset.Lan)),
                    Admits = id => _admission.Refusal(id) is null,
                },
                Describe = () => _view!.Own,
                SaveIncarnation = SaveIncarnation,
                Time = _time,
                Logger = _logger,
            },
            _router);
        _admission.Changed = _network.OnAdmissionChanged;
        _stages = new StageHost(_network, _shards!, _logger) { SlotsChanged = OnSlotsChanged };
        var calls = new StageCalls(_network);
        var local = new LocalStageClient(Id, _stages, EngineFingerprint.Current);
        _view = new MeshView(
            new NodeInfo
            {
                Node = Id,
                Version = ProgramVersion,
                Isa = KernelSets.NameOf(KernelSets.Current),
                EngineFingerprint = EngineFingerprint.Current,
                Slots = _options.Slots,
                Hardware = new WireHardware(
                    _options.Threads ?? CoreCount.Physical, (ulong)(_options.MemoryBytes ?? MemoryGrant.DefaultBudgetBytes()),
                    ProcessorName.Current),
            },
            node => node == Id ? local : new RemoteStageClient(node, _network, calls),
            _shards!.TextOf);
        _router.Connect(_network, _stages, calls, _view.OnMesh);
        _provider = new RingPipelineProvider(_view, _network, _router.Entries, _time);
    }

    private async Task JoinAsync(IPEndPoint listened)
    {
        await _network!.StartAsync(_joined!.Seeds, _addresses);
        if (ListenAddress.IsWildcard(listened))
        {
            _watch = new AddressWatch(_addresses, () => ListenAddress.Advertised(listened), OnAddressesChanged, _time);
        }
        if (_options.Mdns)
        {
            var own = new MdnsNode
            {
                Node = Id,
                Port = listened.Port,
                Addresses = [],
                Mesh = Mesh.Id.ToString(),
                Wire = WireVersions.Supported,
            };
            _mdns = MdnsResponder.Start(listened.Address, own, _network, NewRandom(), _time, _logger);
        }
    }

    /// <summary>How this node takes activations: its own frames, and the activation server of its HTTP interface.</summary>
    private static WireTransport[] TransportsOf(IPEndPoint listened, string? httpAddress)
    {
        var frames = new WireTransport("tore", WireVersions.Supported.Highest.ToString(CultureInfo.InvariantCulture), listened.Port, 0);
        return Uri.TryCreate(httpAddress, UriKind.Absolute, out Uri? url)
            ? [frames, new WireTransport("http", ActivationServerVersion, url.Port, 1)] : [frames];
    }

    private void PublishAddresses(string? httpAddress)
    {
        _folder!.PublishAddresses(new NodeAddresses
        {
            ProcessId = Environment.ProcessId,
            NodeId = Id.ToString(),
            Listen = _addresses,
            Mesh = Mesh.Name,
            MeshId = Mesh.Id.ToString(),
            Http = httpAddress,
        });
    }

    private void OnAddressesChanged(IReadOnlyList<string> addresses)
    {
        _logger.LogInformation("Others are told to dial {Addresses} from now on.", string.Join(' ', addresses));
        _addresses = addresses;
        _network!.OnAddressesChanged(addresses);
        try
        {
            PublishAddresses(Started(_view).Own.HttpAddress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning("The addresses could not be written into the data folder: {Reason}", e.Message);
        }
    }

    private static Random NewRandom() => new(RandomNumberGenerator.GetInt32(int.MaxValue));

    private bool SaveIncarnation(ulong incarnation)
    {
        bool saved = _incarnations!.TryUse(incarnation);
        if (_incarnations.RunsOut)
        {
            _tasks.Add(ReserveIncarnationsAsync());
        }
        return saved;
    }

    private async Task ReserveIncarnationsAsync()
    {
        // Away from the core's turn: a busy disk may take its time.
        await Task.Yield();
        _incarnations!.Reserve();
    }

    private void WarnOf(List<OpenedModel> models, ShardOptions options)
    {
        _warnings = ModelMemory.Check(models, _backend, options);
        foreach (NodeWarning warning in _warnings)
        {
            _logger.LogWarning("{Warning}", warning.Text);
        }
    }
}
