import { readFile, stat } from 'node:fs/promises';
import { MAX_MASK_BYTES } from './limits.ts';
import { loadSharp } from './load-sharp.ts';
import { maskWords } from './words.ts';

/** Pixels of the picture that a mask is for. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** `problem`: a sentence that says what is wrong with the file and what to upload instead. */
export type MaskResult = { readonly base64: string } | { readonly problem: string };

const MAX_SIDE = 8_192;
const MAX_INPUT_PIXELS = 40_000_000;
const MAX_PICTURE_PIXELS = 4_096 * 4_096;
const ASPECT_TOLERANCE = 0.02;
const TIMEOUT_SECONDS = 10;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** Lightness below which a pixel is black for sure, and above which it is white. */
const BLACK_BELOW = 64;
const WHITE_ABOVE = 191;
/** How far the parts of a colour may lie apart in what still counts as grey. */
const MAX_CHROMA = 40;
/** Part of the pixels that may lie in between, as at smoothed edges. */
const MAX_BETWEEN = 0.05;

/**
 * Turns an uploaded file into what the API takes as a mask: a black and white PNG of the picture's size, in base64.
 * Never throws for the file's sake; sizes are checked before anything is decoded.
 * @param file Bytes, or the path of a file.
 */
export async function toMask(file: string | Uint8Array, picture: PictureSize): Promise<MaskResult> {
  if (!isSoundPicture(picture)) return { problem: maskWords.noPicture };
  const bytes = await readBytes(file);
  if (bytes === undefined) return { problem: maskWords.tooManyBytes(MAX_MASK_BYTES) };
  const size = readPngSize(bytes);
  if (size === undefined) return { problem: maskWords.noPng };
  const problem = findSizeProblem(size, picture);
  if (problem !== undefined) return { problem };
  try {
    return await convert(bytes, picture);
  } catch {
    return { problem: maskWords.unreadable };
  }
}

async function readBytes(file: string | Uint8Array): Promise<Buffer | undefined> {
  if (typeof file !== 'string') return file.byteLength > MAX_MASK_BYTES ? undefined : Buffer.from(file);
  return (await stat(file)).size > MAX_MASK_BYTES ? undefined : readFile(file);
}

/** The size that a PNG's header names. */
function readPngSize(bytes: Buffer): PictureSize | undefined {
  const isPng =
    bytes.length > 32 && bytes.subarray(0, 8).equals(SIGNATURE) && bytes.toString('latin1', 12, 16) === 'IHDR';
  return isPng ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : undefined;
}

/** Whether a picture is of a size that a mask can be made for. */
export function isSoundPicture(picture: PictureSize): boolean {
  return isSoundSize(picture, MAX_PICTURE_PIXELS);
}

function isSoundSize({ width, height }: PictureSize, maxPixels: number): boolean {
  const isSoundSide = (side: number) => Number.isInteger(side) && side > 0 && side <= MAX_SIDE;
  return isSoundSide(width) && isSoundSide(height) && width * height <= maxPixels;
}

function findSizeProblem(mask: PictureSize, picture: PictureSize): string | undefined {
  const wanted = `${picture.width} × ${picture.height}`;
  const is = `${mask.width} × ${mask.height}`;
  if (!isSoundSize(mask, MAX_INPUT_PIXELS)) return maskWords.badSize(is, wanted);
  const ratio = mask.width / mask.height / (picture.width / picture.height);
  if (ratio >= 1 - ASPECT_TOLERANCE && ratio <= 1 + ASPECT_TOLERANCE) return undefined;
  return maskWords.otherShape(is, wanted);
}

async function convert(bytes: Buffer, { width, height }: PictureSize): Promise<MaskResult> {
  const sharp = await loadSharp();
  const { data } = await sharp(bytes, { limitInputPixels: MAX_INPUT_PIXELS, failOn: 'error' })
    .resize({ width, height, fit: 'fill', kernel: 'nearest' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .timeout({ seconds: TIMEOUT_SECONDS })
    .toBuffer({ resolveWithObject: true });
  const { grey, between, transparent, white } = measure(data, width * height);
  if (transparent > 0) return { problem: maskWords.transparent };
  if (between > MAX_BETWEEN * grey.length) return { problem: maskWords.notBlackAndWhite };
  if (white === 0 || white === grey.length) return { problem: toBlankProblem(white === 0) };
  const png = await sharp(grey, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { base64: png.toString('base64') };
}

/** One byte per pixel, 0 or 255, and how many pixels are not plainly one of both. */
function measure(rgba: Buffer, pixels: number) {
  const grey = Buffer.alloc(pixels);
  let between = 0;
  let transparent = 0;
  let white = 0;
  for (let pixel = 0, at = 0; pixel < pixels; pixel += 1, at += 4) {
    const [red = 0, green = 0, blue = 0] = [rgba[at], rgba[at + 1], rgba[at + 2]];
    const light = (red * 299 + green * 587 + blue * 114) / 1000;
    const chroma = Math.max(red, green, blue) - Math.min(red, green, blue);
    if (chroma > MAX_CHROMA || (light >= BLACK_BELOW && light <= WHITE_ABOVE)) between += 1;
    if ((rgba[at + 3] ?? 255) < 250) transparent += 1;
    if (light < 128) continue;
    grey[pixel] = 255;
    white += 1;
  }
  return { grey, between, transparent, white };
}

function toBlankProblem(isBlack: boolean): string {
  return isBlack ? maskWords.allBlack : maskWords.allWhite;
}
