import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LineWriter } from '../../src/shared/line-writer.ts';

describe('a writer of lines', () => {
  let folder: string;
  let fd: number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lines-'));
  });
  afterEach(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });

  it('writes every line in order', async () => {
    const path = join(folder, 'log');
    fd = openSync(path, 'w');
    const lines = new LineWriter(fd);
    const all = Array.from({ length: 1_000 }, (_, at) => `line ${at}\n`);

    for (const line of all) lines.write(line);

    await expect.poll(() => readFileSync(path, 'utf8')).toBe(all.join(''));
  });

  it.runIf(process.platform === 'linux')('neither throws nor waits where the disk is full', async () => {
    fd = openSync('/dev/full', 'w');
    const lines = new LineWriter(fd);

    for (let at = 0; at < 1_000; at += 1) lines.write('x'.repeat(10_000));
    lines.flush();

    await new Promise((resolve) => setImmediate(resolve));
    lines.write('still there\n');
  });
});
