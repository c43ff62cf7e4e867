import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'main-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the process where it has to fail, and returns its exit code and what it said. */
function failToStart(environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const env = { ...process.env, SANDBOX_PORT: '0', LOG_LEVEL: 'silent', ...environment };
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; said: string }>();
  execFile(process.execPath, ['src/main.ts'], { env, timeout: 110_000 }, (error, _out, said) =>
    resolve({ code: error?.code, said }),
  );
  return promise;
}

function makeFile(name: string, sql: string): void {
  const database = new DatabaseSync(join(folder, name));
  database.exec(sql);
  database.close();
}

describe('a start that fails', () => {
  it('names the store’s variable and file, and says why', async () => {
    const at = (name: string) => join(folder, name);
    mkdirSync(at('folder.sqlite'));
    writeFileSync(at('text.sqlite'), 'This is no database. '.repeat(100));
    makeFile('music.sqlite', 'CREATE TABLE songs (title TEXT); CREATE TABLE keyv (key TEXT, value TEXT)');
    makeFile('newer.sqlite', 'PRAGMA application_id = 0x55736442; PRAGMA user_version = 7');
    const before = readFileSync(at('music.sqlite'));

    const names = ['folder', 'text', 'text.sqlite/below', 'music', 'newer'].map((name) => `${name}.sqlite`);
    const starts = await Promise.all(names.map((name) => failToStart({ STORE_URL: `sqlite:${at(name)}` })));

    const refusals = [
      'it is a folder. Name a file in it, such as `bot.sqlite`.',
      'it is no SQLite database. Restore a backup in its place, or move it away to begin with an empty store, or set another path.',
      'its folder cannot be made. Set another path, or put right the file, its folder and their rights.',
      'it belongs to another program (it holds "songs", "keyv"). Set another path; nothing in it was changed.',
      'it was written by a newer version of the bot (schema 7; this version knows 1). Start that version again, or restore a backup that this version made, or set another path.',
    ];
    expect(starts).toEqual(
      refusals.map((why, index) => ({
        code: 1,
        said: `STORE_URL: ${at(names[index] ?? '')} cannot be used: ${why}\n`,
      })),
    );
    expect(readFileSync(at('music.sqlite'))).toEqual(before);
  });
});
