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

/** Makes the process's logger: JSON lines on standard error, secrets redacted. */
export function createLogger(level: string): Logger {
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } }, pino.destination({ dest: 2, sync: false }));
}

/** A logger that says nothing, for tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
