/**
 * A recording with its length and an index. Browsers write neither: they do not know the length when they begin. The
 * pictures are copied, not coded again.
 */
import {
  BlobSource,
  BufferTarget,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  MP4,
  Mp4OutputFormat,
  Output,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny'
import type { Format } from './recorder.ts'

export async function withLength(recording: Blob, { extension }: Format): Promise<Blob> {
  const input = new Input({ source: new BlobSource(recording), formats: [MP4, WEBM] })
  const track = await input.getPrimaryVideoTrack()
  const codec = await track?.getCodec()
  if (!track || !codec) throw new Error('the recording has no pictures')
  const decoderConfig = (await track.getDecoderConfig()) ?? undefined
  const format = extension === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat()
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const source = new EncodedVideoPacketSource(codec)
  output.addVideoTrack(source)
  await output.start()
  for await (const packet of new EncodedPacketSink(track).packets())
    await source.add(packet, { decoderConfig })
  await output.finalize()
  if (!target.buffer) throw new Error('nothing was written')
  return new Blob([target.buffer], { type: recording.type })
}
