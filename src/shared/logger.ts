import { pino } from 'pino';

/** What the code needs of a logger: structured fields first, then a sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Logger;
}

const REDACTED = [
  'token',
  '*.token',
  'authorization',
  '*.authorization',
  'discord',
  '*.discord',
  'headers',
  '*.headers',
];

/** Characters that wait to be written; what comes beyond is left out. */
const MAX_WAITING = 1_000_000;

/** Makes the process's logger: JSON lines on standard error, secrets redacted. */
export function createLogger(level: string): Logger {
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } }, openStandardError());
}

/** Where the disk is full, or nobody reads, lines are left out: the log holds nothing up, and ends no process. */
function openStandardError() {
  const log = pino.destination({ dest: 2, sync: false, maxLength: MAX_WAITING, retryEAGAIN: () => false });
  log.on('error', () => undefined);
  // Node makes a pipe non-blocking once its stream is asked for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const flush = log.flushSync.bind(log);
  log.flushSync = () => {
    try {
      flush();
    } catch {
      return;
    }
  };
  return log;
}

/** A logger that says nothing, for tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
