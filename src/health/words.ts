import { toDuration } from '../shared/duration.ts';

/** What the checks say to whoever runs the bot, and what it can do; pure. */
export const healthWords = {
  ok: 'ok',
  standingBy: 'standing by',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  stopsTooLong: (ms: number) => `It has been stopping for ${toDuration(ms)}.`,
  wasBlocked: (blockedMs: number, agoMs: number) =>
    `It did nothing for ${toDuration(blockedMs)}, until ${toDuration(agoMs)} ago.`,
  gateway: {
    notYet: 'It is not connected yet.',
    partly: (connected: number, shards: number) => `${connected} of ${shards} connections to Discord are there.`,
    todo: 'It reconnects by itself; the log says what it gets.',
  },
  store: {
    refused: (code: string) => `It takes no writes (${code}).`,
    todo: 'See that there is room, that nothing else holds it, and that STORE_URL can be reached.',
  },
  queue: {
    refused: (code: string) => `It cannot be read (${code}).`,
    late: (ms: number) => `The next look at the API has been due for ${toDuration(ms)}.`,
    todo: 'See the log; if nothing there explains it, start the bot again.',
  },
  list: {
    notYet: 'It was not read yet.',
    old: (ageMs: number, everyMs: number) =>
      `It was read ${toDuration(ageMs)} ago, and should be every ${toDuration(everyMs)}.`,
    todo: 'The log says what the server answers; look at its address, its secret and whether it runs.',
  },
};
