import { createHash } from 'node:crypto';
import type { PictureSize } from './picture-paths.ts';
import { drawText } from './pixel-text.ts';

type Random = () => number;

/** Numbers from 0 to 1 that the same text always gives in the same order. */
function seededRandom(text: string): Random {
  let state = createHash('sha1').update(text).digest().readUInt32BE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function toPalette(random: Random): readonly [string, string, string, string, string] {
  const hue = Math.floor(random() * 360);
  const spread = 25 + Math.floor(random() * 70);
  const tone = (steps: number, saturation: number, light: number) =>
    `hsl(${(hue + steps * spread) % 360},${saturation}%,${light}%)`;
  return [tone(0, 55, 18), tone(1, 60, 38), tone(2, 70, 55), tone(3, 80, 68), tone(5, 85, 82)];
}

type Scene = (random: Random, palette: readonly string[]) => string;

const pick = (palette: readonly string[], index: number): string => palette[index % palette.length] ?? '#888';

const hills: Scene = (random, palette) => {
  const sunX = 150 + random() * 700;
  const layers = [0, 1, 2].map((layer) => {
    const base = 520 + layer * 130;
    const [a, b, c] = [random(), random(), random()].map((share) => base - 180 + share * 220);
    return `<path d="M0 ${base} Q 200 ${a} 420 ${base} T 760 ${b} T 1000 ${c} V1000 H0 Z" fill="${pick(palette, 2 - layer)}"/>`;
  });
  return `<circle cx="${sunX}" cy="${200 + random() * 180}" r="${80 + random() * 70}" fill="${pick(palette, 4)}"/>${layers.join('')}`;
};

const bubbles: Scene = (random, palette) =>
  Array.from({ length: 26 }, (_, index) => {
    const radius = 20 + random() * 130;
    return `<circle cx="${random() * 1000}" cy="${random() * 1000}" r="${radius}" fill="${pick(palette, index)}" fill-opacity="${0.35 + random() * 0.5}"/>`;
  }).join('');

const shards: Scene = (random, palette) =>
  Array.from({ length: 22 }, (_, index) => {
    const x = random() * 1000;
    const y = random() * 1000;
    const at = () => `${x + (random() - 0.5) * 460},${y + (random() - 0.5) * 460}`;
    return `<polygon points="${at()} ${at()} ${at()}" fill="${pick(palette, index)}" fill-opacity="0.7"/>`;
  }).join('');

const rings: Scene = (random, palette) => {
  const x = 300 + random() * 400;
  const y = 300 + random() * 400;
  return Array.from(
    { length: 9 },
    (_, index) =>
      `<circle cx="${x + random() * 60}" cy="${y + random() * 60}" r="${620 - index * 68}" fill="${pick(palette, index)}"/>`,
  ).join('');
};

const SCENES: readonly Scene[] = [hills, bubbles, shards, rings];

/** One picture's drawing in a square of 1000 units: palette by the words, shapes by words and quarter. */
function drawScene(seed: string, index: number): string {
  const palette = toPalette(seededRandom(seed));
  const random = seededRandom(`${seed}|${index}`);
  const scene = SCENES[Math.floor(random() * SCENES.length)] ?? hills;
  return `<rect width="1000" height="1000" fill="${pick(palette, index % 2)}"/>${scene(random, palette)}`;
}

function frame(size: PictureSize, body: string): string {
  const { width, height } = size;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
}

function place(x: number, y: number, width: number, height: number, body: string): string {
  return `<svg x="${x}" y="${y}" width="${width}" height="${height}" viewBox="0 0 1000 1000" preserveAspectRatio="xMidYMid slice">${body}</svg>`;
}

function drawCaption(words: string, size: PictureSize, y: number, height: number): string {
  const band = `<rect x="0" y="${y}" width="${size.width}" height="${height}" fill="#000" fill-opacity="0.62"/>`;
  const box = { x: size.width * 0.03, y: y + height * 0.12, width: size.width * 0.94, height: height * 0.76 };
  return band + drawText(words, box);
}

function drawBadge(text: string, x: number, y: number, side: number): string {
  const box = { x: x + side * 0.2, y: y + side * 0.2, width: side * 0.6, height: side * 0.6 };
  return `<rect x="${x}" y="${y}" width="${side}" height="${side}" fill="#000" fill-opacity="0.62"/>${drawText(text, box)}`;
}

/** SVG of a 2×2 grid: four pictures with their numbers, the words across the bottom. */
export function drawGrid(seed: string, words: string, size: PictureSize): string {
  const { width, height } = size;
  const badge = Math.min(width, height) * 0.07;
  const quarters = [1, 2, 3, 4].map((index) => {
    const x = index % 2 === 1 ? 0 : width / 2;
    const y = index <= 2 ? 0 : height / 2;
    return place(x, y, width / 2, height / 2, drawScene(seed, index)) + drawBadge(String(index), x, y, badge);
  });
  const cross = `<path d="M${width / 2} 0V${height}M0 ${height / 2}H${width}" stroke="#fff" stroke-width="4"/>`;
  return frame(size, quarters.join('') + cross + drawCaption(words, size, height * 0.87, height * 0.13));
}

/** SVG of one picture with the words across the bottom; `index` is its quarter in the grid. */
export function drawSingle(seed: string, index: number, words: string, size: PictureSize): string {
  const { width, height } = size;
  const picture = place(0, 0, width, height, drawScene(seed, index));
  return frame(size, picture + drawCaption(words, size, height * 0.87, height * 0.13));
}
