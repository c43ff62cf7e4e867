import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { toBotEnvironment } from '../sandbox/bot-environment.ts';
import { startDiscordStandIn } from '../sandbox/discord/discord-stand-in.ts';
import { startUseapiStandIn } from '../sandbox/useapi/useapi-stand-in.ts';
import { createPostgresPlace, hasPostgres } from './postgres.ts';

/** Notes each file that Node loads. */
const NOTE_FILES = `
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({ load: (url, context, next) => (appendFileSync(process.env.FILES, url + '\\n'), next(url, context)) });`;
/** What no start needs. */
const UNNEEDED = [
  /\/src\/backends\/(mj\/mj-backend|siblings\/sibling-backend)\.ts$/,
  /(?<!@discordjs\/rest|discord\.js)\/node_modules\/undici\/index\.js$/,
  /\/src\/(health\/(health-server|supervisor)|callbacks\/callback-listener|app\/doctor\/[^/]+)\.ts$/,
  /\/node_modules\/(sharp|pg|pg-boss|prom-client|hono)\//,
];

/** The files that a bot has loaded when it is ready. */
async function listFilesOfStart(environment: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'files-'));
  const discord = await startDiscordStandIn();
  const useapi = await startUseapiStandIn({ token: 'api-token', speed: 0 });
  onTestFinished(async () => {
    await discord.close();
    await useapi.close();
    rmSync(folder, { recursive: true });
  });
  const files = join(folder, 'files');
  const env = { ...toBotEnvironment({ discord, useapi }, join(folder, 'bot.sqlite')), ...environment, FILES: files };
  const { promise, resolve } = Promise.withResolvers<void>();
  const hook = `data:text/javascript,${encodeURIComponent(NOTE_FILES)}`;
  const bot = execFile(process.execPath, ['--no-warnings', `--import=${hook}`, 'src/start.js'], { env }, () =>
    resolve(),
  );
  bot.stdout?.on('data', (said) => {
    if (String(said).includes('Ready')) bot.kill();
  });
  await promise;
  return readFileSync(files, 'utf8').split('\n');
}

it('loads at a start nothing that only some bots need', async () => {
  const files = await listFilesOfStart();

  expect(files.filter((file) => file.endsWith('/src/app/app.ts'))).toHaveLength(1);
  expect(files.filter((file) => UNNEEDED.some((one) => one.test(file)))).toEqual([]);
}, 60_000);

it.skipIf(!hasPostgres)(
  'loads of the bot nothing in a process that holds connections (skipped where there is no PostgreSQL)',
  async () => {
    const place = createPostgresPlace();
    onTestFinished(() => place.destroy());

    const files = await listFilesOfStart({ BOT_ROLE: 'shard', STORE_URL: place.url });

    expect(files.filter((file) => file.endsWith('/src/app/shard-app.ts'))).toHaveLength(1);
    expect(files.filter((file) => /\/(commands|src\/(jobs|notifications|app\/app))[/.]/.test(file))).toEqual([]);
  },
  60_000,
);
