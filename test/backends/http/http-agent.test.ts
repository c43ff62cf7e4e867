import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('leaves Node’s own fetch working, loaded first of all', async () => {
  const agent = fileURLToPath(new URL('../../../src/backends/http/http-agent.ts', import.meta.url));
  const script = `await import(${JSON.stringify(agent)}); console.log(await (await fetch('data:,works')).text(), globalThis[Symbol.for('undici.globalDispatcher.1')] !== undefined);`;

  const { stdout } = await run(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script]);

  expect(stdout.trim()).toBe('works true');
});
