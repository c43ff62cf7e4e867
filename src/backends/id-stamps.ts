const DAY_MS = 86_400_000;

/**
 * The time that the digits MMDDHHmmssSSS at the beginning of a stamp name, in the year nearest before now; undefined
 * where there is no such day or hour. Ids may come from a clock a little ahead of ours, so a day of the future still
 * counts as now.
 * @param nowMs Epoch milliseconds.
 */
export function toYearlessTime(stamp: string, nowMs: number): number | undefined {
  const thisYear = new Date(nowMs + DAY_MS).getUTCFullYear();
  for (let year = thisYear; year >= thisYear - 8; year -= 1) {
    const time = toStampTime(year, stamp);
    if (time !== undefined && time <= nowMs + DAY_MS) return time;
  }
  return undefined;
}

/** `rest` is MMDDHHmmssSSS and maybe more; undefined where there is no such day or hour. */
export function toStampTime(year: number, rest: string): number | undefined {
  const [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map((at) => rest.slice(at, at + 2));
  const text = `${String(year).padStart(4, '0')}-${month}-${day}T${hour}:${minute}:${second}.${rest.slice(10, 13)}Z`;
  const time = Date.parse(text);
  if (Number.isNaN(time)) return undefined;
  return new Date(time).toISOString() === text ? time : undefined;
}
