import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSandboxKey } from '../../sandbox/account-to-bring.ts';
import { parseSecretKeys } from '../../src/shared/secret-box.ts';

describe('the key of the sandbox', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'key-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner alone, and is one that the bot takes', () => {
    const path = join(folder, 'data', 'sandbox.sqlite.key');
    const key = readSandboxKey(path);

    expect(parseSecretKeys(key)?.map(({ id }) => id)).toEqual(['sandbox']);
    expect(readSandboxKey(path)).toBe(key);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('takes the place of what is none, and is there where it cannot be kept', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'nonsense');

    expect(readSandboxKey(path)).toBe(readSandboxKey(path));
    expect(parseSecretKeys(readSandboxKey(join(path, 'below')))).toHaveLength(1);
  });
});
