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

describe('loadConfig', () => {
  it('runs the sandbox without any configuration', () => {
    expect(loadConfig({})).toEqual({
      discord: 'sandbox',
      useapi: 'sandbox',
      useapiVersions: ['v3', 'v2'],
      storePath: 'data/sandbox.sqlite',
      pollIntervalMs: 15_000,
      mediaHosts: ['cdn.discordapp.com', 'media.discordapp.net'],
      logLevel: 'info',
      sandboxPort: 4780,
    });
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
    });
    expect(config.useapi).toEqual({ token: 'user:1-abc', url: 'http://127.0.0.1:9' });
    expect(config.storePath).toBe('data/bot.sqlite');
  });

  it('takes the stand-in of the API only when it is asked for by name', () => {
    expect(problemsOf({ DISCORD_TOKEN: 'x', DISCORD_GUILD_IDS: '123456789012345678' })).toEqual([
      'USEAPI_TOKEN: expected an API token, or the word `sandbox`, because DISCORD_TOKEN is set',
    ]);
    expect(loadConfig({ ...LIVE, USEAPI_TOKEN: 'sandbox' })).toMatchObject({
      useapi: 'sandbox',
      storePath: 'data/sandbox.sqlite',
    });
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
