import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { writeRendition } from '../../src/media/rendition.ts';

const folder = mkdtempSync(join(tmpdir(), 'rendition-'));
afterAll(() => rmSync(folder, { recursive: true }));

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

/** One bit a pixel, all black: a few kilobytes that become many megabytes when they are read. */
function aBomb(width: number, height: number): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const pixels = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))]);
}

async function rendition(picture: Buffer): Promise<number | undefined> {
  const from = join(folder, 'from.png');
  writeFileSync(from, picture);
  await writeRendition(from, join(folder, 'to.webp'), 4);
  return (await sharp(join(folder, 'to.webp')).metadata()).width;
}

describe('a smaller rendition', () => {
  it('is made of a picture of many pixels', async () => {
    expect(await rendition(aBomb(4_000, 1_000))).toBe(640);
  });

  it('is not made of more than 100 million pixels, however small the file', async () => {
    const bomb = aBomb(12_000, 8_400);

    expect(bomb.length).toBeLessThan(50_000);
    await expect(rendition(bomb)).rejects.toThrow(/pixel limit/);
  });
});
