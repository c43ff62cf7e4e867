import { pino } from 'pino';
import { LineWriter } from './line-writer.ts';

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
  'secret',
  '*.secret',
  'authorization',
  '*.authorization',
  'discord',
  '*.discord',
  'headers',
  '*.headers',
];

/** Makes the process's logger: JSON lines on standard error, secrets redacted. */
export function createLogger(level: string): Logger {
  // Node makes a pipe non-blocking once its stream is asked for.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const lines = new LineWriter(process.stderr.fd);
  process.on('exit', () => lines.flush());
  return pino({ level, redact: { paths: REDACTED, censor: '[redacted]' } }, lines);
}

/** A logger that says nothing, for tests and tools. */
export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLogger,
};
