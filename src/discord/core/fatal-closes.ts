/** Wrong token, wrong shards, a version or intents that are not granted: connecting again changes nothing. */
const FATAL_CLOSE_CODES: ReadonlySet<number> = new Set([4004, 4010, 4011, 4012, 4013, 4014]);

/** Whether the gateway closed a connection for good. */
export function isFatalClose(code: number): boolean {
  return FATAL_CLOSE_CODES.has(code);
}
