import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { describe, expect, it } from 'vitest';
import { readDockerfile } from './dockerfile.ts';

const packages = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly scripts: { readonly start: string };
  readonly dependencies: Readonly<Record<string, string>>;
};

/** `@scope/name` or `name` of what a file imports when it runs; types are gone by then. */
function importedPackages(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'([^'.][^']*)'/gms);
  const dynamic = source.matchAll(/\bimport\('([^'.][^']*)'\)/g);
  const names = [...statements, ...dynamic].map(([, name = '']) => name).filter((name) => !isBuiltin(name));
  return names.map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  );
}

describe('an installation without the tools of development', () => {
  it('has every package that the bot and its sandbox import', () => {
    const used = globSync('{src,commands,sandbox}/**/*.{ts,js}').flatMap(importedPackages);

    expect(new Set(used).size).toBeGreaterThan(8);
    expect([...new Set(used)].filter((name) => packages.dependencies[name] === undefined)).toEqual([]);
  });
});

describe('Dockerfile', () => {
  const stages = readDockerfile('Dockerfile');
  const all = stages.flatMap(({ instructions }) => instructions);

  it('starts the bot with the options of `npm start`, and no shell in between', () => {
    const command = all.findLast(({ name }) => name === 'CMD')?.text ?? '[]';

    expect((JSON.parse(command) as string[]).join(' ')).toBe(/exec (.+)$/.exec(packages.scripts.start)?.[1]);
  });

  it('does not run as root, and copies nothing but what .dockerignore lets in', () => {
    const copied = all
      .filter(({ name, text }) => name === 'COPY' && !text.startsWith('--from'))
      .map(({ text }) => text);
    const sources = copied.flatMap((text) => text.split(' ').slice(0, -1));
    const lines = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));

    expect(all.findLast(({ name }) => name === 'USER')?.text).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(lines[0]).toBe('*');
    expect(lines.slice(1).sort()).toEqual([...new Set(sources)].map((source) => `!${source}`).sort());
  });
});

const TO_JSON = 'import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))';
const hasYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0;

interface Service {
  readonly profiles: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly volumes?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

describe.skipIf(!hasYaml)('compose.yaml (skipped without python3 and its yaml)', () => {
  function readServices(): Readonly<Record<string, Service>> {
    const { stdout } = spawnSync('python3', ['-c', TO_JSON, 'compose.yaml'], { encoding: 'utf8' });
    return (JSON.parse(stdout) as { services: Record<string, Service> }).services;
  }

  it('has the bot alone, two of it on one PostgreSQL, or two beside two that hold connections', () => {
    const services = Object.entries(readServices());
    const of = (profile: string) =>
      services.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name);
    const roles = (profile: string) =>
      services
        .filter(([name, { profiles }]) => profiles.includes(profile) && name !== 'postgres')
        .map(([, { environment }]) => environment?.['BOT_ROLE']);

    expect([of('alone'), of('shared')]).toEqual([['bot'], ['bot-one', 'bot-two', 'postgres']]);
    expect(of('apart')).toEqual(['core-one', 'core-two', 'shard-one', 'shard-two', 'postgres']);
    expect(roles('shared')).toEqual([undefined, undefined]);
    expect(roles('apart')).toEqual(['core', 'core', 'shard', 'shard']);
  });

  it('lets each bot write into a volume of its own alone, and hands no secret over in this file', () => {
    const bots = Object.entries(readServices()).filter(([name]) => name !== 'postgres');
    const places = bots.flatMap(([, { profiles, volumes = [] }]) =>
      volumes.map((volume) => `${profiles[0]} ${volume}`),
    );

    for (const [, bot] of bots) expect([bot.read_only, bot.cap_drop]).toEqual([true, ['ALL']]);
    // Two that hold connections have nothing to keep.
    expect(new Set(places).size).toBe(bots.length - 2);
    expect(JSON.stringify(bots)).not.toMatch(/DISCORD_TOKEN|USEAPI_TOKEN/);
  });
});
