using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Gguf;

public sealed class SplitGgufTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Open_FirstPart_GivesTheWholeModel(int parts)
    {
        using GgufFile whole = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        string[] paths = SplitModel.Write(whole, _folder.FullPath, "tale", parts);
        using GgufFile split = GgufFile.Open(paths[0]);
        Assert.Equal(paths, split.Paths);
        Assert.Equal(whole.Tensors.Select(tensor => tensor.Name), split.Tensors.Select(tensor => tensor.Name));
        foreach (GgufTensor tensor in whole.Tensors)
        {
            Assert.True(split.TryGetTensor(tensor.Name, out GgufTensor? other));
            Assert.Equal((tensor.RawType, tensor.Shape, tensor.Bytes), (other.RawType, other.Shape, other.Bytes));
            Assert.Equal(BytesOf(whole, tensor), BytesOf(split, other));
        }
        Assert.Equal(
            ModelConfig.Read(whole) with { RopeScaling = RopeScaling.None },
            ModelConfig.Read(split) with { RopeScaling = RopeScaling.None });
    }

    [Fact]
    public void Open_LaterPart_SaysToOpenTheFirst()
    {
        string[] paths = Split(3);
        Refused(ErrorCodes.ModelMalformed, "part 2 of 3", paths[1]);
    }

    [Fact]
    public void Open_PartMissing_NamesIt()
    {
        string[] paths = Split(3);
        File.Delete(paths[1]);
        Refused(ErrorCodes.ModelNotFound, "tale-00002-of-00003.gguf", paths[0]);
    }

    [Fact]
    public void Open_FirstPartRenamed_SaysWhichNameIsNeeded()
    {
        string renamed = Path.Combine(_folder.FullPath, "other.gguf");
        File.Move(Split(2)[0], renamed);
        Refused(ErrorCodes.ModelMalformed, "-00001-of-00002.gguf", renamed);
    }

    [Fact]
    public void Open_PartsSwapped_IsMalformed()
    {
        string[] paths = Split(3);
        File.Move(paths[2], paths[1], overwrite: true);
        File.Copy(paths[1], paths[2]);
        Refused(ErrorCodes.ModelMalformed, "part 3 of 3", paths[0]);
    }

    [Fact]
    public void Open_PartOfAnotherModel_IsMalformed()
    {
        using GgufFile whole = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        string[] paths = SplitModel.Write(whole, _folder.FullPath, "tale", 2, (writer, part) =>
        {
            if (part == 1)
            {
                writer.AddTensor(whole, whole.Tensors[0]);
            }
        });
        Refused(ErrorCodes.ModelMalformed, "split.tensors.count", paths[0]);
    }

    [Fact]
    public void Open_TruncatedPart_NamesThatPart()
    {
        string[] paths = Split(2);
        File.WriteAllBytes(paths[1], File.ReadAllBytes(paths[1])[..^100]);
        Refused(ErrorCodes.ModelTruncated, paths[1], paths[0]);
    }

    [Theory]
    [InlineData(1025u)]
    [InlineData(uint.MaxValue)]
    public void Open_AbsurdNumberOfParts_IsOverTheLimit(uint count)
    {
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        File.WriteAllBytes(path, GgufBytes.Small().Number("split.count", count).Number("split.no", 0).Build());
        Refused(ErrorCodes.ModelLimit, $"'split.count' is {count}", path);
    }

    private static byte[] BytesOf(GgufFile file, GgufTensor tensor)
    {
        byte[] bytes = new byte[tensor.Bytes];
        file.Read(tensor, 0, bytes);
        return bytes;
    }

    private static void Refused(string code, string said, string path)
    {
        ToreException error = Assert.Throws<ToreException>(() => GgufFile.Open(path).Dispose());
        Assert.Equal(code, error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    private string[] Split(int parts)
    {
        using GgufFile whole = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        return SplitModel.Write(whole, _folder.FullPath, "tale", parts);
    }
}
