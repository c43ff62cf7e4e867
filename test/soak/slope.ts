/** A value at a point in time. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What the straight line through points rises by for each one of x, by least squares; 0 for fewer than two points. */
export function toSlope(points: readonly Point[]): number {
  const meanX = toMean(points.map(({ x }) => x));
  const meanY = toMean(points.map(({ y }) => y));
  let above = 0;
  let below = 0;
  for (const { x, y } of points) {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

export function toMean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
