using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Models.Gguf;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models;

public sealed class ModelReportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Stories_SaysWhatItIs()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        ModelReport report = ModelReport.Read(file, Digest.Of("x"u8));
        Assert.Equal(
            (1, 1_846_816L, 3, "Tore Stories", "llama", 74, 8L, 128L, 512L, 1024),
            (report.Parts, report.FileBytes, report.GgufVersion, report.Name, report.Architecture, report.Tensors, report.Layers,
                report.Width, report.ContextLength, report.VocabularySize));
        Assert.Equal(("llama", "default", true, true), (report.Tokenizer, report.PreTokenizer, report.HasChatTemplate, report.Supported));
        Assert.Equal([new("Q8_0", 57, 1_703_936, 1_810_432), new("F32", 17, 2_176, 8_704)], report.TensorTypes);
        Assert.Equal((1_706_112L, Digest.Of("x"u8)), (report.Parameters, report.Digest));
        Assert.Equal(384, report.Config?.FeedForward);
    }

    [Fact]
    public void Read_VocabularyOnly_IsReportedAndNotSupported()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("golden/tokenizers/gpt-2.gguf"));
        ModelReport report = ModelReport.Read(file);
        Assert.Equal(
            ("gpt2", 12L, 50257, "gpt2", "gpt-2"),
            (report.Architecture, report.Layers, report.VocabularySize, report.Tokenizer, report.PreTokenizer));
        Assert.Equal((false, ErrorCodes.UnknownArchitecture), (report.Supported, report.RefusalCode));
        Assert.Contains("'gpt2'", report.Refusal, StringComparison.Ordinal);
        Assert.Null(report.Config);
    }

    [Fact]
    public void Read_WrongTypesAndUnknownTensors_AreReportedAsUnknown()
    {
        string path = Path.Combine(_folder.FullPath, "odd.gguf");
        File.WriteAllBytes(path, new GgufBytes().Number("general.architecture", 5).Number("general.name", 1).Tensor("t", 99, 0, 8).Build());
        using GgufFile file = GgufFile.Open(path);
        ModelReport report = ModelReport.Read(file);
        Assert.Equal((null, null, null, ErrorCodes.ModelBadValue), (report.Architecture, report.Name, report.Layers, report.RefusalCode));
        Assert.Equal([new("type 99", 1, 8, 0)], report.TensorTypes);
    }
}
