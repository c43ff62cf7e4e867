import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type Region, toRegionMask } from '../../src/media/region-mask.ts';

const PICTURE = { width: 300, height: 200 };

describe('toRegionMask', () => {
  it.each<[Region, boolean[]]>([
    ['left', [true, false, true, false, false]],
    ['right', [false, true, false, true, false]],
    ['top', [true, true, false, false, false]],
    ['bottom', [false, false, true, true, false]],
    ['centre', [false, false, false, false, true]],
    ['background', [true, true, true, true, false]],
  ])('paints %s white and the rest black, in the picture’s size', async (region, corners) => {
    const result = await toRegionMask(region, PICTURE);

    const png = Buffer.from('base64' in result ? result.base64 : '', 'base64');
    const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) => data[(y * info.width + x) * info.channels] === 255;
    expect(await sharp(png).metadata()).toMatchObject({ format: 'png', ...PICTURE, hasAlpha: false });
    expect([...new Set(data)].sort()).toEqual([0, 255]);
    expect([at(5, 5), at(295, 5), at(5, 195), at(295, 195)]).toEqual(corners.slice(0, 4));
    expect(region.length > 6 || region === 'centre' ? at(149, 99) : false).toBe(corners[4]);
  });

  it('is not drawn for a picture whose size is not known', async () => {
    expect(await toRegionMask('left', { width: 0, height: 0 })).toHaveProperty('problem');
  });
});
