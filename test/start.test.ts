import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'start-'));
  mkdirSync(join(folder, 'src'));
  copyFileSync('src/start.js', join(folder, 'src/start.js'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(join(folder, 'src/main.ts'), "process.stdout.write('the bot' as string);");
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Ended {
  readonly code: unknown;
  readonly out: string;
  readonly said: string;
}

/** Starts the copy as `npm start` does; under another version of Node, as far as it can tell. */
function start(version = process.versions.node): Promise<Ended> {
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } });`;
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const script = join(folder, 'src/start.js');
  execFile(process.execPath, [`--import=data:text/javascript,${versions}`, script], (error, out, said) =>
    resolve({ code: error?.code ?? 0, out, said }),
  );
  return promise;
}

function install(): void {
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
}

describe('npm start', () => {
  it('runs the check first', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect([scripts.start, scripts.dev]).toEqual([
      expect.stringMatching(/ src\/start\.js$/),
      expect.stringContaining(' src/start.js '),
    ]);
  });

  it('starts the bot where everything is installed', async () => {
    install();

    expect(await start()).toEqual({ code: 0, out: 'the bot', said: '' });
  });

  it('says what to do where nothing is installed', async () => {
    const said = 'The bot’s packages are not installed. Run `npm ci`, then `npm start`.\n';

    expect(await start()).toEqual({ code: 1, out: '', said });
  });

  it('says what to do on an older Node', async () => {
    install();

    const { code, out, said } = await start('20.19.4');

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(said).toContain('The bot needs Node 24; this is Node 20.19.4.\n');
    expect(said).toContain('Run `npm ci`, then `npm start`.\n');
  });
});
