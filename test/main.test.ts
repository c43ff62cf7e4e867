import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'main-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts the process where it has to fail, and tells its exit code and what it said. */
function failToStart(environment: Record<string, string>): Promise<{ code: unknown; said: string }> {
  const env = { ...process.env, SANDBOX_PORT: '0', LOG_LEVEL: 'silent', ...environment };
  const { promise, resolve } = Promise.withResolvers<{ code: unknown; said: string }>();
  execFile(process.execPath, ['src/main.ts'], { env, timeout: 20_000 }, (error, _out, said) =>
    resolve({ code: error?.code, said }),
  );
  return promise;
}

describe('a start that fails', () => {
  it('names the store’s variable and file, and says why', async () => {
    const at = (name: string) => join(folder, name);
    mkdirSync(at('folder.sqlite'));
    writeFileSync(at('text.sqlite'), 'This is no database. '.repeat(100));

    const starts = ['folder.sqlite', 'text.sqlite', 'text.sqlite/below.sqlite'].map((name) =>
      failToStart({ STORE_URL: `sqlite:${at(name)}` }),
    );
    const [asFolder, asText, below] = await Promise.all(starts);

    const todo = 'Set another path, or put right the file, its folder and their rights.\n';
    expect([asFolder, asText, below]).toEqual([
      { code: 1, said: `STORE_URL: ${at('folder.sqlite')} cannot be used: it cannot be opened or made. ${todo}` },
      { code: 1, said: `STORE_URL: ${at('text.sqlite')} cannot be used: it is no SQLite database. ${todo}` },
      {
        code: 1,
        said: `STORE_URL: ${at('text.sqlite/below.sqlite')} cannot be used: its folder cannot be made. ${todo}`,
      },
    ]);
  }, 40_000);
});
