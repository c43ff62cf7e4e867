import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const UNITS = globSync('deploy/systemd/*.service').sort();
const INSTALLED = '/opt/useapi-discord-bot';
const hasAnalyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const start = (JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }).scripts.start;

const folder = mkdtempSync(join(tmpdir(), 'units-'));
afterAll(() => rmSync(folder, { recursive: true }));

function settingsOf(unit: string): ReadonlyMap<string, string> {
  return new Map(
    Array.from(readFileSync(unit, 'utf8').matchAll(/^(\w+)=(.*)$/gm), ([, name = '', value = '']) => [name, value]),
  );
}

describe.each(UNITS)('%s', (unit) => {
  const settings = settingsOf(unit);

  it('starts the bot with the options of `npm start`', () => {
    const options = /exec node (.+)$/.exec(start)?.[1];

    expect(settings.get('ExecStart')).toBe(
      `${INSTALLED}/node_modules/.bin/node ${options?.replace('src/', `${INSTALLED}/src/`)}`,
    );
  });

  it('hears of the bot, waits longer than its stop takes, and lets it write into its state alone', () => {
    expect(settings.get('Type')).toBe('notify');
    expect(settings.get('NotifyAccess')).toBe('all');
    expect(Number(settings.get('WatchdogSec'))).toBeGreaterThanOrEqual(30);
    expect(Number(settings.get('TimeoutStopSec'))).toBeGreaterThan(20);
    expect(settings.get('ProtectSystem')).toBe('strict');
    expect(settings.get('WorkingDirectory')).toBe(`%S/${settings.get('StateDirectory')}`);
  });

  it.skipIf(!hasAnalyze)('is what systemd takes (skipped without systemd-analyze)', () => {
    const copy = join(folder, basename(unit));
    writeFileSync(copy, readFileSync(unit, 'utf8').replaceAll(INSTALLED, process.cwd()));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', copy], { encoding: 'utf8' });

    expect([status, stderr.split('\n').filter((line) => line.includes(basename(unit)))]).toEqual([0, []]);
  });
});

it('has a unit for one machine, and one for several that share a database', () => {
  expect(UNITS.map((unit) => basename(unit))).toEqual([
    'useapi-discord-bot-shared.service',
    'useapi-discord-bot.service',
  ]);
});
