import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('the example of sandbox/README.md does what is said of it', async () => {
  const example = /```ts\n([\s\S]*?)```/.exec(readFileSync('sandbox/README.md', 'utf8'))?.[1] ?? '';

  const { stdout } = await run(process.execPath, ['--input-type=module-typescript', '--eval', example], {
    cwd: 'sandbox',
  });

  expect(stdout).toBe('pong\n');
});
