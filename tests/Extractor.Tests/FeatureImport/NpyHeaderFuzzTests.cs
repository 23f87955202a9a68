using System.Text;
using UniM2Rec.Diagnostics;
using UniM2Rec.Extractor.FeatureImport;
using UniM2Rec.Tests.Testing;

namespace UniM2Rec.Tests.FeatureImport;

/// <summary>Headers of .npy files that anyone may have written: each is read or refused in one short sentence.</summary>
public sealed class NpyHeaderFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Headers_of_npy_files()
    {
        var mutations = new HeaderMutations(4);
        int count = HeaderMutations.Count(500, 0.03), accepted = 0;
        for (int trial = 0; trial < count; trial++)
        {
            byte[] header = mutations.Next(Encoding.ASCII.GetBytes("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }      \n"));
            byte[] start = [0x93, .. "NUMPY"u8, (byte)(mutations.Pick(10) == 0 ? mutations.Pick(256) : 1), 0, .. BitConverter.GetBytes((ushort)(mutations.Pick(10) == 0 ? mutations.Pick(65536) : header.Length))];
            byte[] file = [.. start, .. header, .. new byte[48]];
            string path = _folder.Write("a.npy", file);
            try
            {
                using var matrix = NpyMatrix.Open(path);
                float[] row = new float[matrix.Width];
                for (int i = 0; i < matrix.Rows; i++)
                    matrix.ReadRow(i, row);
                accepted++;
            }
            catch (UserErrorException refused)
            {
                Assert.InRange(refused.Message.Length, 40, 2500);
            }
            catch (Exception other)
            {
                Assert.Fail($"trial {trial}, {Convert.ToBase64String(file)}: {other}");
            }
        }
        Assert.InRange(accepted, count / 50, count / 2);
    }

    [Theory]
    [InlineData("4294967296", "4")]
    [InlineData("2147483647", "2147483647")]
    [InlineData("0", "2147483647")]
    [InlineData("1073741824", "1073741824")]
    public void Shapes_that_no_file_has_room_for(string rows, string width)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {width}), }}\n");
        string path = _folder.Write("a.npy", [0x93, .. "NUMPY"u8, 1, 0, .. BitConverter.GetBytes((ushort)header.Length), .. header]);
        Assert.Contains(path, Assert.Throws<UserErrorException>(() => NpyMatrix.Open(path)).Message, StringComparison.Ordinal);
    }
}
