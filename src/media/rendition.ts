import type { Sharp } from 'sharp';
import { loadSharp } from './load-sharp.ts';

/**
 * Steps from nearly the original down to a thumbnail; a step's number names its file, so that it is made
 * once for all limits.
 */
const STEPS: readonly { readonly pixels: number; readonly quality: number }[] = [
  { pixels: 4096, quality: 80 },
  { pixels: 2048, quality: 80 },
  { pixels: 1536, quality: 75 },
  { pixels: 1024, quality: 70 },
  { pixels: 640, quality: 60 },
];
export const RENDITION_STEPS = STEPS.length;
const MAX_INPUT_PIXELS = 100_000_000;
const TIMEOUT_SECONDS = 15;

/** Writes a smaller rendition (webp, first frame) of the picture at `from` to `to`. */
export async function writeRendition(from: string, to: string, step: number): Promise<void> {
  const { pixels, quality } = STEPS[Math.min(step, STEPS.length - 1)] ?? { pixels: 640, quality: 60 };
  const picture = await toPicture(from, pixels, quality);
  await picture.toFile(to);
}

/** The picture at `from` as webp, as large as it is where that is not too large. */
export async function toWebp(from: string): Promise<Buffer> {
  const picture = await toPicture(from, 4096, 90);
  return picture.toBuffer();
}

async function toPicture(from: string, pixels: number, quality: number): Promise<Sharp> {
  const sharp = await loadSharp();
  return sharp(from, { limitInputPixels: MAX_INPUT_PIXELS, sequentialRead: true })
    .rotate()
    .resize({ width: pixels, height: pixels, fit: 'inside', withoutEnlargement: true })
    .webp({ quality })
    .timeout({ seconds: TIMEOUT_SECONDS });
}
