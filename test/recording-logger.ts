import type { Logger } from '../src/shared/logger.ts';

/** A logger whose lines a test can read, as JSON. */
export function aRecordingLogger(): { readonly logger: Logger; readonly lines: readonly string[] } {
  const lines: string[] = [];
  const toWrite = (level: string) => (fields: object, message: string) =>
    void lines.push(JSON.stringify({ level, message, ...fields }));
  const logger: Logger = {
    debug: toWrite('debug'),
    info: toWrite('info'),
    warn: toWrite('warn'),
    error: toWrite('error'),
    child: () => logger,
  };
  return { logger, lines };
}
