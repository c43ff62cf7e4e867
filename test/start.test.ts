import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  mkdirSync(join(folder, 'src'));
  for (const file of ['start.js', 'own-files.js', 'own-files-found.js'])
    copyFileSync(`src/${file}`, join(folder, 'src', file));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'src/words.ts'), "export const NAME: string = 'the bot';");
  writeFileSync(
    join(folder, 'src/main.ts'),
    "import './own-files-found.js'; import { NAME } from './words.ts'; process.stdout.write(NAME);",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly said: string;
}

/** Starts the copy as `npm start` does; under another version of Node, as far as it can tell. */
function start(version = process.versions.node, ...args: readonly string[]): Promise<Ended> {
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const script = join(folder, 'src/start.js');
  // The test runner sets it while it measures coverage.
  const env = { ...process.env, NODE_DISABLE_COMPILE_CACHE: undefined };
  const options = [`--import=data:text/javascript,${versions}`, script, ...args];
  execFile(process.execPath, options, { env }, (error, out, said) => resolve({ code: error?.code ?? 0, out, said }));
  return promise;
}

function install(): void {
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
}

describe('npm start', () => {
  it('runs the check first, without options that an older Node refuses', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

    for (const script of [scripts.start, scripts.dev])
      expect(script).toMatch(/^node src\/start\.js --check && .* src\/start\.js/);
  });

  it('does not start the bot to check', async () => {
    install();

    expect(await start(process.versions.node, '--check')).toEqual({ code: 0, out: '', said: '' });
  });

  it('starts the bot where everything is installed', async () => {
    install();

    expect(await start()).toEqual({ code: 0, out: 'the bot', said: '' });
  });

  it('keeps what Node has compiled, and goes without where it cannot', async () => {
    install();
    await start();
    const kept = readdirSync(join(folder, 'node_modules/.cache/compiled'));
    rmSync(join(folder, 'node_modules/.cache'), { recursive: true });
    writeFileSync(join(folder, 'node_modules/.cache'), 'no folder');

    expect(kept).not.toEqual([]);
    expect(await start()).toEqual({ code: 0, out: 'the bot', said: '' });
  });

  it('says what to do where nothing is installed', async () => {
    const said = 'The bot’s packages are not installed. Run `npm ci`, then `npm start`.\n';

    expect(await start()).toEqual({ code: 1, out: '', said });
  });

  it('says what to do on an older Node', async () => {
    install();

    const { code, out, said } = await start('20.19.4', '--check');

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toContain('The bot needs Node 24; this is Node 20.19.4.\n');
    expect(said).toContain('Run `npm ci`, then `npm start`.\n');
  });
});
