import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { toMask } from '../../src/media/mask.ts';

const PICTURE = { width: 400, height: 200 };
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A PNG with a box of `inner` on `outer`. */
async function aMask({
  width = 200,
  height = 100,
  outer = '#000',
  inner = '#fff',
  alpha = false,
} = {}): Promise<Buffer> {
  const box = { create: { width: width >> 1, height: height >> 1, channels: 3, background: inner } } as const;
  const image = sharp({ create: { width, height, channels: 3, background: outer } }).composite([{ input: box }]);
  return sharp(await image.png().toBuffer())
    [alpha ? 'ensureAlpha' : 'removeAlpha']()
    .png()
    .toBuffer();
}

/** A PNG of one chunk of pixels, as its header says. */
function aRawPng(width: number, height: number, pixels: Buffer): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  return Buffer.concat([SIGNATURE, chunk('IHDR', header), chunk('IDAT', deflateSync(pixels)), chunk('IEND')]);
}

function chunk(type: string, data = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
}

async function problemOf(file: string | Uint8Array, picture = PICTURE): Promise<string> {
  const result = await toMask(file, picture);
  return 'problem' in result ? result.problem : 'none';
}

describe('toMask', () => {
  it.each([false, true])('makes a black and white PNG of the picture’s size, alpha: %s', async (alpha) => {
    const result = await toMask(await aMask({ alpha }), PICTURE);

    const png = Buffer.from('base64' in result ? result.base64 : '', 'base64');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', ...PICTURE, hasAlpha: false });
    expect([...new Set(data)].sort()).toEqual([0, 255]);
    expect([at(200, 100), at(5, 5), at(395, 195)]).toEqual([255, 0, 0]);
  });

  it('sets nearly black and nearly white right, and smooth edges too', async () => {
    const smooth = await sharp(await aMask({ outer: '#111', inner: '#eee' }))
      .blur(0.6)
      .png()
      .toBuffer();

    const result = await toMask(smooth, PICTURE);

    const png = Buffer.from('base64' in result ? result.base64 : '', 'base64');
    const { data } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    expect([...new Set(data)].sort()).toEqual([0, 255]);
  });

  it.each([
    ['greys', { outer: '#777' }, 'isn’t black and white'],
    ['colours', { inner: '#ff0' }, 'isn’t black and white'],
    ['all black', { inner: '#000' }, 'all black'],
    ['all white', { outer: '#fff' }, 'all white'],
    ['another shape', { width: 210 }, 'another shape'],
  ])('says what is wrong with %s', async (_, over, words) => {
    expect(await problemOf(await aMask(over))).toContain(words);
  });

  it('says what is wrong with transparent parts', async () => {
    const file = await sharp(await aMask())
      .ensureAlpha(0.5)
      .png()
      .toBuffer();

    expect(await problemOf(file)).toContain('transparent');
  });

  it('takes a shape that differs by rounding', async () => {
    expect(await problemOf(await aMask({ width: 203 }))).toBe('none');
  });

  it('goes by the bytes, not by what a file calls itself', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mask-'));
    const jpeg = join(folder, 'mask.png');
    const png = join(folder, 'mask.txt');
    writeFileSync(
      jpeg,
      await sharp(await aMask())
        .jpeg()
        .toBuffer(),
    );
    writeFileSync(png, await aMask());

    const problems = [await problemOf(jpeg), await problemOf(png), await problemOf(Buffer.from('hello'))];

    rmSync(folder, { recursive: true });
    expect(problems).toEqual([expect.stringContaining('isn’t a PNG'), 'none', expect.stringContaining('isn’t a PNG')]);
  });

  it('does not decode what is too large', async () => {
    const bomb = aRawPng(8_000, 8_000, Buffer.alloc(8_001 * 8_000));
    const tall = aRawPng(1, 100_000, Buffer.alloc(200_000));

    const problems = [await problemOf(bomb), await problemOf(tall), await problemOf(Buffer.alloc(10_485_761))];

    expect(problems).toEqual([
      expect.stringContaining('8000 × 8000'),
      expect.stringContaining('1 × 100000'),
      expect.stringContaining('10 MB'),
    ]);
  });

  it('says that a broken file cannot be read', async () => {
    const whole = await aMask();

    expect(await problemOf(whole.subarray(0, 60))).toContain('can’t read');
    expect(await problemOf(aRawPng(200, 100, Buffer.alloc(10)))).toContain('can’t read');
  });

  it.each([
    { width: 0, height: 10 },
    { width: 1e9, height: 1e9 },
    { width: Number.NaN, height: 10 },
  ])('refuses a picture of impossible size: %o', async (picture) => {
    expect(await problemOf(await aMask(), picture)).toContain('don’t know the size');
  });
});
