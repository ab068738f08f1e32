// Recording a voice note as Telegram's apps send it: Opus in Ogg.
//
// A browser that records into WebM gives the same Opus packets in another box; they are moved over as they are.
// The boxes: RFC 8794 (EBML) with Matroska's ids, RFC 3533 (Ogg), RFC 7845 (Opus in Ogg).

const OGG = "audio/ogg;codecs=opus";
const WEBM = "audio/webm;codecs=opus";

// Starts; `stop` gives `{bytes, seconds}`, or nothing if it is to be dropped.
export async function record() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const mimeType = MediaRecorder.isTypeSupported(OGG) ? OGG : WEBM;
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done));
  recorder.start();
  return {
    async stop(keep) {
      recorder.stop();
      await ended;
      for (const track of stream.getTracks()) track.stop();
      if (!keep) return undefined;
      const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
      return mimeType === OGG ? { bytes, seconds: oggSeconds(bytes) } : oggOfWebm(bytes);
    },
  };
}

// The Opus packets of a WebM file, in Ogg.
export function oggOfWebm(webm) {
  const { head, packets } = read(webm);
  if (!head || packets.length === 0) throw new Error("no sound was recorded");
  const pages = [page(2, 0n, 0, [head]), page(0, 0n, 1, [tags()])];
  let samples = 0n;
  packets.forEach((packet, index) => {
    samples += BigInt(duration(packet));
    pages.push(page(index === packets.length - 1 ? 4 : 0, samples, index + 2, [packet]));
  });
  const bytes = new Uint8Array(pages.reduce((sum, each) => sum + each.length, 0));
  pages.reduce((at, each) => (bytes.set(each, at), at + each.length), 0);
  return { bytes, seconds: Number(samples) / 48_000 };
}

const ID = { segment: 0x18538067, cluster: 0x1f43b675, tracks: 0x1654ae6b, track: 0xae, head: 0x63a2, group: 0xa0, block: 0xa1, simple: 0xa3 };
const HOLDS_OTHERS = new Set([ID.segment, ID.cluster, ID.tracks, ID.track, ID.group]);

function read(bytes) {
  const found = { head: undefined, packets: [] };
  let at = 0;
  // A number whose length its first byte tells; with or without the bit that told it.
  const number = (keepsMark) => {
    const first = bytes[at];
    const size = Math.clz32(first) - 23;
    let value = keepsMark ? first : first & (0xff >> size);
    let isUnknown = (first & (0xff >> size)) === 0xff >> size;
    for (let index = 1; index < size; index += 1) {
      value = value * 256 + bytes[at + index];
      isUnknown &&= bytes[at + index] === 0xff;
    }
    at += size;
    return isUnknown && !keepsMark ? Infinity : value;
  };
  while (at < bytes.length) {
    const id = number(true);
    const size = number(false);
    if (HOLDS_OTHERS.has(id)) continue;
    const end = Math.min(at + size, bytes.length);
    if (id === ID.head) found.head = bytes.slice(at, end);
    if (id === ID.simple || id === ID.block) {
      number(false);
      // Behind the track's number: two bytes of time, one of flags.
      found.packets.push(bytes.slice(at + 3, end));
    }
    at = end;
  }
  return found;
}

// Samples of 48 kHz in a packet, by its first byte (RFC 6716, 3.1).
function duration(packet) {
  const config = packet[0] >> 3;
  const speech = [480, 960, 1920, 2880];
  const one = config < 12 ? speech[config & 3] : config < 16 ? speech[config & 1] : 120 << (config & 3);
  const code = packet[0] & 3;
  return one * (code === 0 ? 1 : code === 3 ? packet[1] & 63 : 2);
}

function tags() {
  const vendor = new TextEncoder().encode("samleng");
  const bytes = new Uint8Array(8 + 4 + vendor.length + 4);
  bytes.set(new TextEncoder().encode("OpusTags"));
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
}

function page(flags, granule, sequence, packets) {
  const lacing = packets.flatMap((packet) => [...Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255]);
  const size = packets.reduce((sum, packet) => sum + packet.length, 0);
  const bytes = new Uint8Array(27 + lacing.length + size);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("OggS"));
  bytes[5] = flags;
  view.setBigUint64(6, granule, true);
  view.setUint32(14, 1, true);
  view.setUint32(18, sequence, true);
  bytes[26] = lacing.length;
  bytes.set(lacing, 27);
  packets.reduce((at, packet) => (bytes.set(packet, at), at + packet.length), 27 + lacing.length);
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

function checksum(bytes) {
  let sum = 0;
  for (const byte of bytes) {
    sum = (sum ^ (byte << 24)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum << 1) ^ (sum & 0x80000000 ? 0x04c11db7 : 0)) >>> 0;
  }
  return sum;
}

// How long an Ogg file lasts: the position of its last page.
function oggSeconds(bytes) {
  for (let at = bytes.length - 27; at >= 0; at -= 1) {
    if (String.fromCharCode(...bytes.slice(at, at + 4)) === "OggS") {
      return Number(new DataView(bytes.buffer, bytes.byteOffset + at).getBigUint64(6, true)) / 48_000;
    }
  }
  return 0;
}
