// The coverage as a PNG of the picture's size: grey with an alpha channel, alpha is the coverage. Written strip by strip, because
// a canvas of a large picture is more than some browsers make, and one of them would give an empty mask without a word.
((painter) => {
  "use strict";
  const { sheet } = painter.parts;
  const STRIP = 256; // rows
  const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const GREY_WITH_ALPHA = 4;

  const checksums = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
  });

  function checksum(bytes) {
    let value = 0xffffffff;
    for (const byte of bytes) value = checksums[(value ^ byte) & 255] ^ (value >>> 8);
    return (value ^ 0xffffffff) >>> 0;
  }

  function chunk(name, data) {
    const bytes = new Uint8Array(data.length + 12);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, data.length);
    bytes.set([...name].map((letter) => letter.charCodeAt(0)), 4);
    bytes.set(data, 8);
    view.setUint32(data.length + 8, checksum(bytes.subarray(4, data.length + 8)));
    return bytes;
  }

  function header(width, height) {
    const view = new DataView(new ArrayBuffer(13));
    view.setUint32(0, width);
    view.setUint32(4, height);
    view.setUint8(8, 8);
    view.setUint8(9, GREY_WITH_ALPHA);
    return chunk("IHDR", new Uint8Array(view.buffer));
  }

  /** Draws rows of the coverage as they are in the picture, which may be larger. */
  function drawStrip(tiles, strip, width, top, rows) {
    if (tiles.scale === 1) {
      tiles.blit(strip, 0, { left: 0, top, right: width, bottom: top + rows });
      return;
    }
    const from = Math.max(0, Math.floor(top * tiles.scale) - 2);
    const to = Math.min(tiles.height, Math.ceil((top + rows) * tiles.scale) + 2);
    const near = sheet(tiles.width, to - from);
    tiles.blit(near, 0, { left: 0, top: from, right: tiles.width, bottom: to });
    strip.drawImage(near.canvas, 0, from / tiles.scale - top, tiles.width / tiles.scale, (to - from) / tiles.scale);
  }

  /** Lines as PNG has them: no filter, then grey 0 and the coverage of each pixel. */
  function linesOf(pixels, width, rows) {
    const lines = new Uint8Array(rows * (1 + 2 * width));
    let to = 0;
    for (let row = 0; row < rows; row += 1) {
      to += 2;
      for (let at = row * width, end = at + width; at < end; at += 1, to += 2) lines[to] = pixels[at] & 255;
      to -= 1;
    }
    return lines;
  }

  async function writeStrips(tiles, { width, height }, writer) {
    const strip = sheet(width, STRIP);
    for (let top = 0; top < height; top += STRIP) {
      const rows = Math.min(STRIP, height - top);
      drawStrip(tiles, strip, width, top, rows);
      const pixels = new Uint32Array(strip.getImageData(0, 0, width, rows).data.buffer);
      await writer.write(linesOf(pixels, width, rows));
      await new Promise((done) => { setTimeout(done); }); // packing waits for nothing, so the page would stand still
    }
    await writer.close();
  }

  /** The whole mask; the page stays usable meanwhile. */
  async function writePng(tiles, size) {
    const stream = new CompressionStream("deflate");
    const [data] = await Promise.all([new Response(stream.readable).arrayBuffer(), writeStrips(tiles, size, stream.writable.getWriter())]);
    const parts = [header(size.width, size.height), chunk("IDAT", new Uint8Array(data)), chunk("IEND", new Uint8Array())];
    return new Blob([Uint8Array.from(SIGNATURE), ...parts], { type: "image/png" });
  }

  Object.assign(painter.parts, { writePng });
})(window.painter ??= { parts: {} });
