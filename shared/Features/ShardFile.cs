using UniM2Rec.Features.Manifest;
using UniM2Rec.Storage;

namespace UniM2Rec.Features;

/// <summary>Writes a shard's file.</summary>
internal static class ShardFile
{
    private const int Piece = 1 << 22;

    public static unsafe ManifestShard Write(
        string folder, ModalitySpecification modality, ShardBuffer shard, string datasetFingerprint, IStorage storage)
    {
        string name = StoreLayout.Shard(modality, shard.Range.Index);
        BlockChecksums checksums = new(StoreLayout.BlockBytes);
        AtomicFile.Write(Path.Combine(folder, name), file =>
        {
            checksums = new BlockChecksums(StoreLayout.BlockBytes);
            using var stream = new ChecksumStream(file, checksums);
            var metadata = MappedShard.Metadata(modality, datasetFingerprint, shard.Range.FirstRow);
            if (shard.Note is not null)
                metadata[MappedShard.NoteKey] = shard.Note;
            var writer = new SafeTensorsWriter(stream, metadata);
            writer.Declare(MappedShard.EmbeddingsTensor, modality.Type.ToSafeTensor(), [shard.Range.Rows, modality.Width]);
            writer.Declare(MappedShard.PresentTensor, SafeTensorType.U8, [shard.Range.Rows]);
            for (long done = 0; done < shard.ByteLength; done += Piece)
                writer.Write(new ReadOnlySpan<byte>(shard.Embeddings + done, (int)Math.Min(Piece, shard.ByteLength - done)));
            writer.Write(shard.Present);
            writer.Complete();
        }, storage);
        return new ManifestShard(
            name, shard.Range.FirstRow, shard.Range.Rows, shard.PresentCount, checksums.Length, checksums.Finish());
    }
}
