import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toBotEnvironment } from '../../sandbox/bot-environment.ts';
import { startShardApp } from '../../src/app/shard-app.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { createPostgresPlace, hasPostgres } from '../postgres.ts';
import { controlOf, ids, startWorld, textOf, type World } from './start-world.ts';

interface Report {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Runs `npm run doctor` as an operator does, in a folder of its own. */
async function runDoctor(cwd: string, env: Readonly<Record<string, string>>): Promise<Report> {
  const child = spawn(process.execPath, ['--no-warnings', resolve('src/run-doctor.ts')], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  const [code] = await once(child, 'close');
  return { code: Number(code), lines: text.trimEnd().split('\n') };
}

const wrongOf = ({ lines }: Report) => lines.filter((line) => line.startsWith('❌'));

describe('npm run doctor', () => {
  let world: World;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'doctor-'));
    world = await startWorld();
  });
  afterEach(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });

  const environment = (change: Readonly<Record<string, string>> = {}) => ({
    ...toBotEnvironment(world, world.storePath),
    DISCORD_GUILD_IDS: ids.guild,
    ...change,
  });

  /** What lies in the store's folder, the parts that SQLite shares in memory left out. */
  function contentOf(path: string): ReadonlyMap<string, string> {
    const names = readdirSync(dirname(path)).filter((name) => name.startsWith('bot.sqlite') && !name.endsWith('-shm'));
    const files = names.filter((name) => !name.endsWith('.media'));
    const hash = (name: string) => createHash('sha256').update(readFileSync(join(dirname(path), name)));
    return new Map(files.map((name) => [name, hash(name).digest('hex')]));
  }

  it('says of each thing that it is well, while a bot runs, and leaves that and its store as they are', async () => {
    const before = [...contentOf(world.storePath).keys()];
    world.discord.requests.clear();

    const report = await runDoctor(folder, environment());

    expect(wrongOf(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(report.lines).toEqual(
      expect.arrayContaining([
        '✅ Configuration: It was read without a mistake.',
        expect.stringMatching(/^✅ Discord: The token is accepted: /),
        expect.stringMatching(/^✅ Discord: \d+ of \d+ log-ins are left/),
        `✅ Discord: The bot is in the server ${ids.guild}.`,
        `✅ Discord: Commands are registered in the server ${ids.guild}.`,
        expect.stringMatching(/^✅ Accounts: useapi: it accepts the secret and lists what runs/),
        '✅ Accounts: useapi: its clock and mine agree.',
        expect.stringMatching(/^✅ Store: .*bot\.sqlite: \d.* [KM]B, schema 1\.$/),
        '✅ Queue: Nothing was given up.',
      ]),
    );
    expect([...contentOf(world.storePath).keys()]).toEqual(before);
    expect(readdirSync(folder)).toEqual([]);
    const changing = world.discord.requests.list().filter(({ method }) => method !== 'GET');
    expect(changing).toEqual([]);
    const answer = await world.owner.command(ids.general, {
      path: 'mod quota',
      options: { scope: 'member', 'per-day': 3 },
    });
    expect(controlOf(answer.message, 'mod-undo')).toBeDefined();
    expect(textOf(answer.message)).toContain('3');
  });

  it('changes no byte of the store of a bot that is stopped, and makes no file beside it', async () => {
    await world.whileStopped(async () => {
      const before = contentOf(world.storePath);
      const names = readdirSync(dirname(world.storePath));

      const report = await runDoctor(folder, environment());

      expect(wrongOf(report)).toEqual([]);
      expect(contentOf(world.storePath)).toEqual(before);
      expect(readdirSync(dirname(world.storePath))).toEqual(names);
    });
  });

  it('says that the tokens are wrong, ends with 1 and shows neither', async () => {
    const tokens = { DISCORD_TOKEN: 'wrong-discord-token', USEAPI_TOKEN: 'user:wrong-api-token' };

    const report = await runDoctor(folder, environment(tokens));

    expect(report.code).toBe(1);
    expect(wrongOf(report)).toEqual([
      '❌ Discord: Discord doesn’t accept the token. Set DISCORD_TOKEN to the token of https://discord.com/developers/applications.',
      expect.stringMatching(/^❌ Accounts: useapi v3: .*401/),
      expect.stringMatching(/^❌ Accounts: useapi v2: .*401/),
    ]);
    for (const secret of [...Object.values(tokens), world.discord.token, world.useapi.token])
      expect(report.lines.join('\n')).not.toContain(secret);
  });

  it('names a server that the bot is not in, and commands that are not there', async () => {
    const { commands } = world.discord.world;
    commands.delete(ids.guild, commands.list(ids.guild).find(({ name }) => name === 'jobs')?.id ?? '');

    const report = await runDoctor(folder, environment({ DISCORD_GUILD_IDS: `${ids.guild},123456789012345678` }));

    expect(report.code).toBe(1);
    expect(wrongOf(report)).toEqual([
      '❌ Discord: The bot isn’t in the server 123456789012345678. Invite it, or take the id out of DISCORD_GUILD_IDS.',
    ]);
    expect(report.lines).toContain(
      `⚠️ Discord: Commands in the server ${ids.guild} aren’t registered as they should be: jobs. Start the bot again: that registers them.`,
    );
  });

  it('looks at each account of the accounts file by its name', async () => {
    const { url, token: secret } = world.useapi;
    const account = { id: 'studio', name: 'Studio', backend: 'useapi', url, secretEnv: 'STUDIO' };
    const other = { ...account, id: 'lab', name: 'Lab', secretEnv: 'LAB' };
    writeFileSync(join(folder, 'accounts.json'), JSON.stringify([account, other]));
    const named = { ACCOUNTS_FILE: 'accounts.json', USEAPI_TOKEN: '', STUDIO: secret, LAB: 'user:a-wrong-one' };

    const report = await runDoctor(folder, environment(named));

    expect(report.lines).toContainEqual(expect.stringMatching(/^✅ Accounts: Studio: it accepts the secret/));
    expect(wrongOf(report)).toEqual([
      expect.stringMatching(/^❌ Accounts: Lab v3: .*401/),
      expect.stringMatching(/^❌ Accounts: Lab v2: .*401/),
    ]);
  });

  it('looks at the commands of all servers where every one is served', async () => {
    const registered = await runDoctor(folder, environment({ DISCORD_GUILD_IDS: 'all' }));
    await world.close();
    world = await startWorld({ guildIds: 'all' });
    const everywhere = await runDoctor(folder, environment({ DISCORD_GUILD_IDS: 'all' }));

    expect(registered.lines.join('\n')).toMatch(/⚠️ Discord: Commands aren’t registered as they should be: jobs, /);
    expect(everywhere.lines).toContain('✅ Discord: Commands are registered.');
  });

  it('says why a store cannot be read, and ends with 1', async () => {
    const path = join(folder, 'text.sqlite');
    writeFileSync(path, 'This is no database. '.repeat(100));
    const newer = join(folder, 'newer.sqlite');
    const database = new DatabaseSync(newer);
    database.exec('PRAGMA application_id = 0x55736442; PRAGMA user_version = 7');
    database.close();

    const reports = await Promise.all(
      [path, newer].map((file) => runDoctor(folder, environment({ STORE_URL: `sqlite:${file}` }))),
    );

    expect(reports.map(({ code }) => code)).toEqual([1, 1]);
    expect(reports.flatMap(wrongOf)).toEqual([
      expect.stringContaining('text.sqlite cannot be used: it is no SQLite database. Restore a backup'),
      expect.stringContaining('newer.sqlite cannot be used: it was written by a newer version of the bot'),
    ]);
  });

  it('names all mistakes of the configuration together', async () => {
    const report = await runDoctor(folder, { DISCORD_TOKEN: 'a', LOG_LEVEL: 'loud' });

    expect(report.code).toBe(1);
    expect(wrongOf(report).map((line) => line.split(' ')[2])).toEqual([
      'LOG_LEVEL:',
      'DISCORD_GUILD_IDS:',
      'USEAPI_TOKEN:',
    ]);
  });

  it('says what would be used where nothing is configured, and makes nothing', async () => {
    const report = await runDoctor(folder, {});

    expect(report).toMatchObject({ code: 0 });
    expect(report.lines).toEqual(
      expect.arrayContaining([
        '✅ Discord: The stand-in on this machine would be used: DISCORD_TOKEN is not set.',
        '✅ Accounts: The stand-in of useapi on this machine would be used.',
        '✅ Store: There is no file data/sandbox.sqlite yet; the first start makes it.',
        '✅ Queue: There is no queue yet; the first start makes it.',
      ]),
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!hasPostgres)(
    'looks into PostgreSQL, also while a bot is at work there (skipped where there is none)',
    async () => {
      const place = createPostgresPlace();
      try {
        const empty = await runDoctor(folder, environment({ STORE_URL: place.url }));
        await world.whileStopped(async () => undefined, { kind: 'postgres', url: place.url });
        const held = await runDoctor(folder, environment({ STORE_URL: place.url }));
        const gone = await runDoctor(folder, environment({ STORE_URL: 'postgres://a:hidden@127.0.0.1:9/none' }));

        expect([empty.code, held.code, gone.code]).toEqual([0, 0, 1]);
        expect(empty.lines).toContain('✅ Store: The tables are not there yet; the first start makes them.');
        expect(held.lines).toEqual(
          expect.arrayContaining([
            expect.stringMatching(/^✅ Store: PostgreSQL \d+ answers\.$/),
            expect.stringMatching(/^✅ Store: \S+\/\d+ is at work on it\.$/),
            '✅ Queue: Nothing was given up.',
          ]),
        );
        expect(wrongOf(gone)).toEqual([expect.stringContaining('the server cannot be reached')]);
        expect(gone.lines.join('\n')).not.toContain('hidden');
        await world.whileStopped(async () => undefined, { kind: 'sqlite', path: world.storePath });
      } finally {
        await place.destroy();
      }
    },
  );

  it.skipIf(!hasPostgres)(
    'says whether connections are held in processes of their own (skipped without PostgreSQL)',
    async () => {
      const place = createPostgresPlace();
      const shards = { BOT_ROLE: 'shard', STORE_URL: place.url, USEAPI_TOKEN: '', DISCORD_GUILD_IDS: '' };
      try {
        const before = await runDoctor(folder, environment(shards));
        const app = await startShardApp({
          config: {
            discord: { token: world.discord.token, apiUrl: world.discord.apiUrl },
            store: { kind: 'postgres', url: place.url },
          },
          logger: silentLogger,
          onFatal: () => undefined,
          onLeaseLost: () => undefined,
        });
        const waiting = await runDoctor(
          folder,
          environment({ ...shards, BOT_ROLE: 'core', DISCORD_GUILD_IDS: ids.guild, USEAPI_TOKEN: world.useapi.token }),
        );
        await app.stop();

        expect(wrongOf(before)).toEqual([
          '❌ Discord: No process runs that holds connections to the gateway. Start one or two with BOT_ROLE=shard: docs/hosting.md.',
        ]);
        expect(before.lines.join()).not.toContain('Accounts');
        expect(waiting.lines).toContain(
          '⚠️ Discord: No process has said yet how many connections to the gateway there are to be. Start one with BOT_ROLE=core.',
        );
      } finally {
        await place.destroy();
      }
    },
  );
});
