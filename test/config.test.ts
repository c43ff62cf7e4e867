import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, readEnvironment, VARIABLES } from '../src/config.ts';

const LIVE = { DISCORD_TOKEN: 'secret-token', DISCORD_GUILD_IDS: '123456789012345678', USEAPI_TOKEN: 'user:1-abc' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadConfig(environment);
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems;
    throw thrown;
  }
  return [];
}

const folder = mkdtempSync(join(tmpdir(), 'accounts-'));
afterAll(() => rmSync(folder, { recursive: true }));

function accountsFile(accounts: unknown): string {
  const path = join(folder, 'accounts.json');
  writeFileSync(path, JSON.stringify(accounts));
  return path;
}

describe('loadConfig', () => {
  it('reads the keys of secrets, the first one first, and whether private addresses are allowed', () => {
    const [one, two] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
    const { ownAccounts } = loadConfig({ SECRETS_KEY: `new:${one}, old:${two}`, ALLOW_PRIVATE_BACKENDS: '1' });

    expect(ownAccounts.keys.map(({ id, key }) => [id, key.export().toString('base64')])).toEqual([
      ['new', one],
      ['old', two],
    ]);
    expect(ownAccounts.allowsPrivate).toBe(true);
  });

  it.each(['secret-without-name', `k1:${Buffer.alloc(31).toString('base64')}`])(
    'refuses keys that are none, and shows nothing of them: %s',
    (text) => {
      expect(() => loadConfig({ SECRETS_KEY: text })).toThrow(/SECRETS_KEY: expected `name:key`.*openssl/);
      expect(() => loadConfig({ SECRETS_KEY: text })).not.toThrow(text);
    },
  );

  it('runs the sandbox without any configuration', () => {
    expect(loadConfig({})).toEqual({
      role: 'all',
      discord: 'sandbox',
      useapi: 'sandbox',
      accounts: [],
      ownAccounts: { keys: [], allowsPrivate: false },
      sandboxServices: [],
      useapiVersions: ['v3', 'v2'],
      store: { kind: 'sqlite', path: 'data/sandbox.sqlite' },
      pollIntervalMs: 15_000,
      guildReadsPerMinute: 300,
      mediaHosts: ['cdn.discordapp.com', 'media.discordapp.net'],
      logLevel: 'info',
      sandboxPort: 4780,
    });
  });

  it('serves health at the address that is set, and to other machines only where that is set too', () => {
    expect(loadConfig({ HEALTH_LISTEN: '127.0.0.1:9464' }).health).toEqual({ host: '127.0.0.1', port: 9464 });
    expect(loadConfig({ HEALTH_LISTEN: '[::1]:0' }).health).toEqual({ host: '::1', port: 0 });
    expect(loadConfig({ HEALTH_LISTEN: '0.0.0.0:9464', HEALTH_LISTEN_PUBLIC: '1' }).health?.host).toBe('0.0.0.0');
    expect(loadConfig({})).not.toHaveProperty('health');
  });

  it.each(['0.0.0.0:9464', '[::]:9464', 'bot.example:9464', '127.evil.example:9464'])(
    'does not serve health at %s without a word about it',
    (address) => {
      expect(problemsOf({ HEALTH_LISTEN: address })).toEqual([
        expect.stringMatching(/^HEALTH_LISTEN: expected an address of this machine alone/),
      ]);
    },
  );

  it.each(['9464', '127.0.0.1', '127.0.0.1:99999', 'http://127.0.0.1:9464', 'a b:1'])(
    'takes %s for no address to serve health at',
    (address) => {
      expect(problemsOf({ HEALTH_LISTEN: address })).toEqual([
        'HEALTH_LISTEN: expected an address and a port, such as 127.0.0.1:9464',
      ]);
    },
  );

  it('knows the supervisor that systemd names, and its watchdog where that is for this process', () => {
    const systemd = { NOTIFY_SOCKET: '/run/systemd/notify', WATCHDOG_USEC: '60000000' };

    expect(loadConfig(systemd).supervisor).toEqual({ socket: '/run/systemd/notify', watchdogMs: 60_000 });
    expect(loadConfig({ ...systemd, WATCHDOG_PID: String(process.pid) }).supervisor?.watchdogMs).toBe(60_000);
    expect(loadConfig({ ...systemd, WATCHDOG_PID: '1' }).supervisor).toEqual({ socket: '/run/systemd/notify' });
    expect(loadConfig({ NOTIFY_SOCKET: '@abstract' }).supervisor).toEqual({ socket: '@abstract' });
    expect(loadConfig({ NOTIFY_SOCKET: 'vsock:2:1' })).not.toHaveProperty('supervisor');
  });

  it('reads a live configuration', () => {
    const config = loadConfig({
      ...LIVE,
      DISCORD_GUILD_IDS: ' 123456789012345678, 223456789012345678 ',
      USEAPI_URL: 'http://127.0.0.1:9/',
    });

    expect(config.discord).toEqual({
      token: 'secret-token',
      apiUrl: 'https://discord.com/api',
      guildIds: ['123456789012345678', '223456789012345678'],
      shards: 'auto',
    });
    expect(config.useapi).toEqual({ token: 'user:1-abc', url: 'http://127.0.0.1:9' });
    expect(config.store).toEqual({ kind: 'sqlite', path: 'data/bot.sqlite' });
  });

  it('serves every server where that is asked for', () => {
    const all = loadConfig({ ...LIVE, DISCORD_GUILD_IDS: ' All ' });

    expect(all.discord).toMatchObject({ guildIds: 'all' });
    for (const DISCORD_GUILD_IDS of ['all,123456789012345678', 'everyone'])
      expect(problemsOf({ ...LIVE, DISCORD_GUILD_IDS })).toEqual([
        'DISCORD_GUILD_IDS: expected `all`, or server ids of 17 to 20 digits, separated by commas',
      ]);
  });

  it('reads how many shards share the servers', () => {
    const shardsOf = (DISCORD_SHARDS: string) => loadConfig({ ...LIVE, DISCORD_SHARDS }).discord;

    expect([shardsOf('4'), shardsOf('auto')]).toMatchObject([{ shards: 4 }, { shards: 'auto' }]);
    for (const DISCORD_SHARDS of ['0', '1.5', 'many'])
      expect(problemsOf({ ...LIVE, DISCORD_SHARDS })).toEqual([
        'DISCORD_SHARDS: expected `auto`, or a whole number, 1 to 1000',
      ]);
  });

  it('reads what the process does, and needs no API where it holds connections alone', () => {
    const STORE_URL = 'postgres://bot:very-secret@db.example.org:5432/bot';

    expect(loadConfig({ ...LIVE, STORE_URL, BOT_ROLE: 'core' })).toMatchObject({
      role: 'core',
      useapi: { token: 'user:1-abc' },
    });
    expect(loadConfig({ DISCORD_TOKEN: 'x', STORE_URL, BOT_ROLE: 'shard' })).toMatchObject({
      role: 'shard',
      discord: { token: 'x' },
    });
    expect(problemsOf({ ...LIVE, BOT_ROLE: 'both' })).toEqual(['BOT_ROLE: expected one of all, core, shard']);
  });

  it.each(['core', 'shard'])('says what a process with the role %s lacks', (BOT_ROLE) => {
    expect(problemsOf({ BOT_ROLE })).toEqual([
      `DISCORD_TOKEN: expected a bot token, because BOT_ROLE is ${BOT_ROLE}; the sandbox runs in one process`,
      `STORE_URL: expected \`postgres://user:password@host:port/database\`, because BOT_ROLE is ${BOT_ROLE}: its processes meet there`,
    ]);
  });

  it('reads where state is kept, a file or a database', () => {
    const url = 'postgres://bot:very-secret@db.example.org:5432/bot?schema=second';
    expect(loadConfig({ ...LIVE, STORE_URL: 'sqlite:/srv/bot.sqlite' }).store).toEqual({
      kind: 'sqlite',
      path: '/srv/bot.sqlite',
    });
    expect(loadConfig({ ...LIVE, STORE_URL: url }).store).toEqual({ kind: 'postgres', url });
  });

  it.each(['sqlite:', 'bot.sqlite', 'mysql://host/bot', 'postgres://host', 'postgres://host/bot?schema=Drop%20Table'])(
    'refuses %s as a place for state, without repeating it',
    (url) => {
      expect(problemsOf({ ...LIVE, STORE_URL: url })).toEqual([
        'STORE_URL: expected `sqlite:` and a path, or `postgres://user:password@host:port/database`',
      ]);
    },
  );

  it('takes the stand-in of the API only when it is asked for by name', () => {
    expect(problemsOf({ DISCORD_TOKEN: 'x', DISCORD_GUILD_IDS: '123456789012345678' })).toEqual([
      'USEAPI_TOKEN: expected an API token, or the word `sandbox`, or MJ_URL or ACCOUNTS_FILE instead, because DISCORD_TOKEN is set',
    ]);
    expect(loadConfig({ ...LIVE, USEAPI_TOKEN: 'sandbox' })).toMatchObject({
      useapi: 'sandbox',
      store: { kind: 'sqlite', path: 'data/sandbox.sqlite' },
    });
  });

  it('reads a Midjourney proxy in the place of useapi, or beside it', () => {
    const mj = { MJ_URL: 'https://mj.example.org/mj/', MJ_SECRET: 'very-secret' };
    const { USEAPI_TOKEN: _, ...discord } = LIVE;

    const alone = loadConfig({ ...discord, ...mj });
    const both = loadConfig({ ...LIVE, ...mj, MJ_AUTH: 'bearer' });

    expect(alone.useapi).toBeUndefined();
    expect(alone.mj).toEqual({
      url: 'https://mj.example.org/mj',
      secret: 'very-secret',
      auth: 'mj-api-secret',
      mediaHosts: ['cdn.discordapp.com', 'media.discordapp.net', 'cdn.midjourney.com'],
    });
    expect(both).toMatchObject({ useapi: { token: 'user:1-abc' }, mj: { auth: 'bearer' } });
    expect(problemsOf({ ...discord, MJ_URL: 'https://mj.example.org/api' })).toEqual([
      'MJ_URL: expected an http or https address that ends in /mj',
      'MJ_SECRET: expected the secret of the server, because MJ_URL is set',
    ]);
  });

  it('starts the stand-ins of the backends that are named', () => {
    expect(loadConfig({ SANDBOX_BACKENDS: 'useapi,mj' })).toMatchObject({ useapi: 'sandbox', mj: 'sandbox' });
    expect(loadConfig({ SANDBOX_BACKENDS: 'mj' })).toMatchObject({ mj: 'sandbox' });
    expect(loadConfig({ SANDBOX_BACKENDS: 'mj' }).useapi).toBeUndefined();
    expect(loadConfig({ SANDBOX_BACKENDS: 'dreamina,minimax' })).toMatchObject({
      sandboxServices: ['minimax', 'dreamina'],
      store: { kind: 'sqlite', path: 'data/sandbox.sqlite' },
    });
    expect(loadConfig({ ...LIVE, SANDBOX_BACKENDS: 'minimax' }).sandboxServices).toEqual([]);
    expect(problemsOf({ SANDBOX_BACKENDS: 'leak' })).toEqual([
      'SANDBOX_BACKENDS: expected one or several of `useapi`, `mj`, `minimax` and `dreamina`, separated by commas',
    ]);
  });

  it('reads several accounts from a file, with their secrets from variables', () => {
    const file = accountsFile([
      { id: 'studio', backend: 'mj', url: 'https://mj.example.org/mj', secretEnv: 'STUDIO_SECRET', auth: 'bearer' },
      {
        id: 'lab',
        backend: 'useapi',
        url: 'https://api.useapi.net',
        secretEnv: 'LAB_SECRET',
        versions: ['v3'],
        guildIds: ['123456789012345678'],
      },
    ]);
    const { USEAPI_TOKEN: _, ...discord } = LIVE;

    const config = loadConfig({ ...discord, ACCOUNTS_FILE: file, STUDIO_SECRET: 's-1', LAB_SECRET: ' s-2 ' });

    expect(config.accounts).toEqual([
      { id: 'studio', backend: 'mj', url: 'https://mj.example.org/mj', auth: 'bearer', secret: 's-1' },
      {
        id: 'lab',
        backend: 'useapi',
        url: 'https://api.useapi.net',
        versions: ['v3'],
        guildIds: ['123456789012345678'],
        secret: 's-2',
      },
    ]);
  });

  it('reads which model an account of a service with models takes', () => {
    const url = 'https://api.useapi.net';
    const entries = ['minimax', 'dreamina'].map((backend) => ({ id: backend, backend, url, secretEnv: 'S' }));
    const read = (...accounts: readonly object[]) => ({ ...LIVE, S: 's', ACCOUNTS_FILE: accountsFile(accounts) });
    const [minimax, dreamina] = entries;

    const { accounts } = loadConfig(read({ ...minimax, model: 'midjourney-v7' }, { ...dreamina }));

    expect(accounts).toEqual([
      { id: 'minimax', backend: 'minimax', url, model: 'midjourney-v7', secret: 's' },
      { id: 'dreamina', backend: 'dreamina', url, secret: 's' },
    ]);
    expect(problemsOf(read({ ...minimax, model: 'le ak' }, { ...dreamina, backend: 'useapi', model: 'leak' }))).toEqual(
      [
        'ACCOUNTS_FILE, entry 1, model: expected the name of a model, such as `midjourney-v7`',
        'ACCOUNTS_FILE, entry 2, model: expected no model, because only minimax and dreamina have one',
      ],
    );
  });

  it('wants accounts to have names by which the people of a server can tell them apart', () => {
    const url = 'https://mj.example.org/mj';
    const mj = { backend: 'mj', url, secretEnv: 'S' };
    const [one, other] = ['123456789012345678', '223456789012345678'];
    const problemsWith = (...accounts: readonly object[]) =>
      problemsOf({ ...LIVE, S: 's', ACCOUNTS_FILE: accountsFile(accounts.map((account) => ({ ...mj, ...account }))) });
    const sameName = 'ACCOUNTS_FILE: expected each name once among the accounts that a server may use';

    expect(problemsWith({ id: 'a', name: 'Studio' }, { id: 'studio' })).toEqual([sameName]);
    expect(problemsWith({ id: 'a', name: 'B', guildIds: [one] }, { id: 'b', guildIds: [one, other] })).toEqual([
      sameName,
    ]);
    expect(problemsWith({ id: 'a', name: 'B', guildIds: [one] }, { id: 'b', guildIds: [other] })).toEqual([]);
    expect(problemsWith({ id: 'a' }, { id: 'a' })).toEqual(['ACCOUNTS_FILE: expected each id once']);
    expect(problemsWith({ id: 'useapi' })).toEqual([
      'ACCOUNTS_FILE: expected another id than useapi, which is the account of USEAPI_TOKEN',
    ]);
    expect(problemsWith({ id: 'mj' })).toEqual([]);
  });

  it('reports all mistakes of the accounts file together, by entry and field, and never a value', () => {
    const file = accountsFile([
      { id: 'Leak!', backend: 'leak', url: 'ftp://leak', secretEnv: 'leak', guildIds: ['leak'] },
      { id: 'a', backend: 'mj', url: 'https://leak.example/api', secretEnv: 'NOT_SET' },
      { id: 'b', backend: 'mj', url: 'https://leak.example/api', secretEnv: 'IS_SET' },
      { id: 'c', backend: 'mj', url: 'https://leak.example/mj', secretEnv: 'IS_SET', leak: 1 },
      'leak',
    ]);

    const problems = problemsOf({ ...LIVE, ACCOUNTS_FILE: file, IS_SET: 'leak', LOG_LEVEL: 'leak' });

    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'LOG_LEVEL',
      ...['id', 'backend', 'url', 'secretEnv', 'guildIds'].map((field) => `ACCOUNTS_FILE, entry 1, ${field}`),
      'ACCOUNTS_FILE, entry 2, secretEnv',
      'ACCOUNTS_FILE, entry 3, url',
      'ACCOUNTS_FILE, entry 4',
      'ACCOUNTS_FILE, entry 5',
    ]);
    expect(problems.join().toLowerCase()).not.toContain('leak');
    expect(problemsOf({ ...LIVE, ACCOUNTS_FILE: '/nowhere/leak.json' })).toHaveLength(1);
  });

  it('counts empty as not set', () => {
    expect(loadConfig({ DISCORD_TOKEN: '', USEAPI_TOKEN: '  ', LOG_LEVEL: '' })).toMatchObject({
      discord: 'sandbox',
      logLevel: 'info',
    });
  });

  it('reports all mistakes together, one a variable, and never a value', () => {
    const problems = problemsOf({
      DISCORD_API_URL: 'ftp://leak',
      DISCORD_GUILD_IDS: 'leak,1',
      USEAPI_URL: 'https://user:leak@example.org',
      USEAPI_VERSIONS: 'v4leak',
      STORE_URL: 'leak',
      POLL_INTERVAL_SECONDS: 'leak',
      MEDIA_HOSTS: 'http://leak/',
      LOG_LEVEL: 'leak',
      SANDBOX_PORT: '99999',
    });

    expect(problems.map((line) => line.split(':')[0])).toEqual([
      'DISCORD_API_URL',
      'DISCORD_GUILD_IDS',
      'USEAPI_URL',
      'USEAPI_VERSIONS',
      'STORE_URL',
      'POLL_INTERVAL_SECONDS',
      'MEDIA_HOSTS',
      'LOG_LEVEL',
      'SANDBOX_PORT',
    ]);
    for (const line of problems) expect(line).toMatch(/^[A-Z_]+: expected /);
    expect(problems.join()).not.toMatch(/leak|99999/);
  });

  it('reports what is missing beside what is wrong', () => {
    expect(problemsOf({ DISCORD_TOKEN: 'x', LOG_LEVEL: 'foo' }).map((line) => line.split(':')[0])).toEqual([
      'LOG_LEVEL',
      'DISCORD_GUILD_IDS',
      'USEAPI_TOKEN',
    ]);
    expect(problemsOf({ ...LIVE, POLL_INTERVAL_SECONDS: '5', LOG_LEVEL: 'foo' })).toHaveLength(2);
    expect(problemsOf({ ...LIVE, DISCORD_GUILD_IDS: '1', USEAPI_TOKEN: 'a b' })).toHaveLength(2);
    expect(problemsOf({ ...LIVE, POLL_INTERVAL_SECONDS: 'x', USEAPI_URL: 'x' })).toHaveLength(2);
  });

  it.each(['user 123', 'user:1\u00a02', 'user:1\nx', 'tok\u0007en', 'tökén'])('takes no token such as %j', (token) => {
    const problems = problemsOf({ ...LIVE, USEAPI_TOKEN: token, DISCORD_TOKEN: token });

    expect(problems.map((line) => line.split(':')[0])).toEqual(['DISCORD_TOKEN', 'USEAPI_TOKEN']);
    expect(problems.join()).not.toContain(token);
  });

  it.each(['foo:99999', 'a,foo:65536', '256.256.256.256', '[::g]', '[:::]'])(
    'takes no media host such as %j',
    (hosts) => {
      expect(problemsOf({ MEDIA_HOSTS: hosts })).toEqual([
        'MEDIA_HOSTS: expected `host` or `host:port`, separated by commas',
      ]);
      expect(problemsOf({ MEDIA_HOSTS: 'foo:65535,[::1]:1,127.0.0.1' })).toEqual([]);
    },
  );

  it('polls faster than every 10 s only on loopback', () => {
    expect(problemsOf({ ...LIVE, POLL_INTERVAL_SECONDS: '5' })).toHaveLength(1);
    expect(loadConfig({ ...LIVE, POLL_INTERVAL_SECONDS: '5', USEAPI_URL: 'http://localhost:1' }).pollIntervalMs).toBe(
      5_000,
    );
    expect(loadConfig({ POLL_INTERVAL_SECONDS: '5' }).pollIntervalMs).toBe(5_000);
  });

  it('lets backends call back where it is said how they reach the bot', () => {
    const far = { ...LIVE, REPLY_URL: 'https://bot.example.org/replies/' };

    expect(loadConfig(LIVE).callbacks).toBeUndefined();
    expect(loadConfig(far).callbacks).toEqual({
      url: 'https://bot.example.org/replies',
      listen: { host: '127.0.0.1', port: 8787 },
    });
    expect(loadConfig({ ...LIVE, REPLY_URL: 'http://127.0.0.1:9000', REPLY_LISTEN: '[::1]:9000' }).callbacks).toEqual({
      url: 'http://127.0.0.1:9000',
      listen: { host: '::1', port: 9000 },
    });
    expect(loadConfig({ ...far, REPLY_LISTEN: '0.0.0.0:9000', REPLY_LISTEN_PUBLIC: '1' }).callbacks?.listen.port).toBe(
      9000,
    );
  });

  it.each([
    [{ REPLY_URL: 'http://bot.example.org' }, /^REPLY_URL: expected an https address; http is for this machine/],
    [{ REPLY_URL: 'bot.example.org' }, /^REPLY_URL: expected an http or https address/],
    [{ REPLY_URL: 'https://bot.example.org/?a=b' }, /^REPLY_URL: expected an http or https address/],
    [{ REPLY_URL: `https://bot.example.org/${'x'.repeat(800)}` }, /^REPLY_URL: expected at most 800 characters/],
    [{ REPLY_LISTEN: '127.0.0.1:1' }, /^REPLY_URL: expected the address by which servers reach REPLY_LISTEN/],
    [
      { REPLY_URL: 'https://bot.example.org', REPLY_LISTEN: '0.0.0.0:9000' },
      /^REPLY_LISTEN: expected an address of this machine alone.*REPLY_LISTEN_PUBLIC=1$/,
    ],
    [{ REPLY_URL: 'https://bot.example.org', REPLY_LISTEN: '9000' }, /^REPLY_LISTEN: expected an address and a port/],
    [{ REPLY_URL: 'https://bot.example.org', REPLY_LISTEN_PUBLIC: 'yes' }, /^REPLY_LISTEN_PUBLIC: expected `1`/],
  ])('says what to do where calls back would be open to others: %o', (wrong, expected) => {
    const problems = problemsOf({ ...LIVE, ...wrong });

    expect(problems).toEqual([expect.stringMatching(expected)]);
    expect(problems.join()).not.toContain('bot.example.org');
  });
});

describe('a .env file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read whole where an editor marked its encoding, and what the process has wins', () => {
    const path = join(folder, 'marked.env');
    writeFileSync(path, '\uFEFFDISCORD_TOKEN=a\r\nLOG_LEVEL=warn\nPATH=other\n');

    const read = readEnvironment(path);

    expect(read).toMatchObject({ DISCORD_TOKEN: 'a', LOG_LEVEL: 'warn', PATH: process.env['PATH'] });
  });

  it.each(['utf16le', 'latin1'] as const)('is refused by its name in another encoding: %s', (encoding) => {
    const path = join(folder, `${encoding}.env`);
    writeFileSync(path, Buffer.from('\uFEFFDISCORD_TOKEN=ä\n', encoding));

    expect(() => readEnvironment(path)).toThrow(`${path}: it is not UTF-8 text`);
  });

  it('need not be there', () => {
    expect(readEnvironment(join(folder, 'none.env'))).toEqual({ ...process.env });
  });
});

describe('.env.example', () => {
  it('lists the same variables as the code reads', () => {
    const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^#?\s?([A-Z][A-Z_]+)=/gm)].map(
      (match) => match[1],
    );

    expect(listed).toEqual(Object.keys(VARIABLES));
  });
});
