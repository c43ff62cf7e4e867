import { loadSharp } from './load-sharp.ts';
import { isSoundPicture, type MaskResult, type PictureSize } from './mask.ts';
import { maskWords } from './words.ts';

/** Parts of a picture that can be named instead of painted. */
export const REGIONS = ['left', 'right', 'top', 'bottom', 'centre', 'background'] as const;
export type Region = (typeof REGIONS)[number];

interface Box {
  /** From the left and the top, as parts of the whole. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const MIDDLE: Box = { x: 0.2, y: 0.2, width: 0.6, height: 0.6 };
const BOXES: Readonly<Record<Region, Box>> = {
  left: { x: 0, y: 0, width: 0.5, height: 1 },
  right: { x: 0.5, y: 0, width: 0.5, height: 1 },
  top: { x: 0, y: 0, width: 1, height: 0.5 },
  bottom: { x: 0, y: 0.5, width: 1, height: 0.5 },
  centre: MIDDLE,
  background: MIDDLE,
};

/** The region of a text, where it names one. */
export function toRegion(text: string | undefined): Region | undefined {
  return REGIONS.find((region) => region === text);
}

/** A mask as the API takes it, white where the region is, in the picture's size; `background` is all but the middle. */
export async function toRegionMask(region: Region, picture: PictureSize): Promise<MaskResult> {
  if (!isSoundPicture(picture)) return { problem: maskWords.noPicture };
  const { width, height } = picture;
  const isInside = toTest(BOXES[region], picture);
  const pixels = Buffer.alloc(width * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (isInside(x, y) !== (region === 'background')) pixels[y * width + x] = 255;
    }
  }
  const sharp = await loadSharp();
  const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 9 })
    .toBuffer();
  return { base64: png.toString('base64') };
}

function toTest(box: Box, { width, height }: PictureSize) {
  const [left, top] = [Math.round(box.x * width), Math.round(box.y * height)];
  const [right, bottom] = [Math.round((box.x + box.width) * width), Math.round((box.y + box.height) * height)];
  return (x: number, y: number) => x >= left && x < right && y >= top && y < bottom;
}
