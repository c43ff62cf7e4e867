/** A box in which text is set, in the units of the drawing. */
export interface TextBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Five columns per character, each a number whose lowest bit is the top pixel of seven. */
const GLYPHS: Readonly<Record<string, readonly number[]>> = {
  A: [126, 17, 17, 17, 126],
  B: [127, 73, 73, 73, 54],
  C: [62, 65, 65, 65, 34],
  D: [127, 65, 65, 34, 28],
  E: [127, 73, 73, 73, 65],
  F: [127, 9, 9, 9, 1],
  G: [62, 65, 73, 73, 122],
  H: [127, 8, 8, 8, 127],
  I: [0, 65, 127, 65, 0],
  J: [32, 64, 65, 63, 1],
  K: [127, 8, 20, 34, 65],
  L: [127, 64, 64, 64, 64],
  M: [127, 2, 12, 2, 127],
  N: [127, 4, 8, 16, 127],
  O: [62, 65, 65, 65, 62],
  P: [127, 9, 9, 9, 6],
  Q: [62, 65, 81, 33, 94],
  R: [127, 9, 25, 41, 70],
  S: [70, 73, 73, 73, 49],
  T: [1, 1, 127, 1, 1],
  U: [63, 64, 64, 64, 63],
  V: [31, 32, 64, 32, 31],
  W: [63, 64, 56, 64, 63],
  X: [99, 20, 8, 20, 99],
  Y: [7, 8, 112, 8, 7],
  Z: [97, 81, 73, 69, 67],
  0: [62, 81, 73, 69, 62],
  1: [0, 66, 127, 64, 0],
  2: [66, 97, 81, 73, 70],
  3: [33, 65, 69, 75, 49],
  4: [24, 20, 18, 127, 16],
  5: [39, 69, 69, 69, 57],
  6: [60, 74, 73, 73, 48],
  7: [1, 113, 9, 5, 3],
  8: [54, 73, 73, 73, 54],
  9: [6, 73, 73, 41, 30],
  '-': [8, 8, 8, 8, 8],
  '.': [0, 96, 96, 0, 0],
  ',': [0, 80, 48, 0, 0],
  ':': [0, 54, 54, 0, 0],
  '!': [0, 0, 95, 0, 0],
  '/': [32, 16, 8, 4, 2],
  '(': [0, 28, 34, 65, 0],
  ')': [0, 65, 34, 28, 0],
  "'": [0, 5, 3, 0, 0],
};

const MISSING = [127, 65, 65, 65, 127];
const CELL = 6;
const LINE = 9;

/** Breaks text into lines of at most `columns` characters, at spaces where there are some. */
function toLines(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word.slice(0, columns);
  }
  return line === '' ? lines : [...lines, line];
}

interface Layout {
  readonly lines: readonly string[];
  /** Width of one pixel of the letters. */
  readonly unit: number;
}

/** The largest letters with which all words fit, in at most four lines; what does not fit then is cut. */
function layOut(text: string, box: TextBox): Layout {
  for (let rows = 1; rows <= 4; rows += 1) {
    const unit = box.height / (rows * LINE);
    const lines = toLines(text, Math.floor(box.width / (CELL * unit)));
    if (lines.length <= rows || rows === 4) return { lines: lines.slice(0, rows), unit };
  }
  return { lines: [], unit: 1 };
}

function drawGlyph(character: string, x: number, y: number, unit: number): string {
  if (character === ' ') return '';
  const columns = GLYPHS[character] ?? MISSING;
  return columns
    .flatMap((column, dx) =>
      [0, 1, 2, 3, 4, 5, 6]
        .filter((dy) => (column >> dy) & 1)
        .map((dy) => `M${(x + dx * unit).toFixed(1)} ${(y + dy * unit).toFixed(1)}h${unit}v${unit}h-${unit}z`),
    )
    .join('');
}

/** Text as an SVG path in letters of our own, so that it reads the same on a machine without any font. */
export function drawText(text: string, box: TextBox): string {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toUpperCase().slice(0, 400);
  const { lines, unit } = layOut(plain, box);
  const path = lines.flatMap((line, row) =>
    [...line].map((character, column) =>
      drawGlyph(character, box.x + column * CELL * unit, box.y + row * LINE * unit, Number(unit.toFixed(2))),
    ),
  );
  return `<path d="${path.join('')}" fill="#fff" shape-rendering="crispEdges"/>`;
}
