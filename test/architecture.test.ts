import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each folder may import of ours, besides itself and `shared`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  main: ['app', 'config', 'sandbox'],
  app: ['config', 'commands', 'discord', 'notifications', 'moderation', 'jobs', 'media', 'useapi', 'storage', 'queue'],
  config: [],
  commands: ['discord', 'notifications', 'moderation', 'jobs', 'media'],
  discord: ['notifications', 'moderation', 'jobs', 'media'],
  notifications: ['jobs', 'media', 'useapi', 'storage', 'queue'],
  moderation: ['jobs', 'media', 'useapi', 'storage', 'queue'],
  jobs: ['media', 'useapi', 'storage', 'queue'],
  media: ['useapi'],
  useapi: [],
  storage: [],
  queue: [],
  shared: [],
  sandbox: ['useapi/schemas'],
};

/** Packages that only some folders may import. */
const PACKAGES: readonly { readonly name: RegExp; readonly in: readonly string[] }[] = [
  { name: /^discord\.js$/, in: ['discord', 'commands', 'app'] },
  { name: /^undici$/, in: ['useapi', 'media'] },
  { name: /^(keyv|@keyv\/.*)$/, in: ['storage'] },
];

interface Import {
  readonly target: string;
  readonly isTypeOnly: boolean;
}

const files = [...globSync('src/**/*.ts'), ...globSync('commands/**/*.ts')].filter(
  (file) => !file.includes('page/client'),
);

function folderOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'commands' ? 'commands' : second.replace(/\.ts$/, '');
}

function importsOf(file: string): Import[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gms);
  const dynamic = source.matchAll(/\bimport\('([^']+)'\)/g);
  return [
    ...Array.from(statements, (match) => ({ target: match[2] ?? '', isTypeOnly: match[1] !== undefined })),
    ...Array.from(dynamic, (match) => ({ target: match[1] ?? '', isTypeOnly: false })),
  ];
}

function toPath(file: string, target: string): string {
  return normalize(join(dirname(file), target));
}

function isAllowed(file: string, target: string): boolean {
  const from = folderOf(file);
  const path = toPath(file, target);
  const to = folderOf(path);
  if (to === from || to === 'shared') return true;
  return (ARROWS[from] ?? []).some((arrow) => arrow === to || path.startsWith(`src/${arrow}`));
}

describe('the house', () => {
  it('has no room but those of the plan', () => {
    expect([...new Set(files.map(folderOf))].filter((folder) => !(folder in ARROWS))).toEqual([]);
  });

  it('imports along the arrows only', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => target.startsWith('.') && !isAllowed(file, target))
        .map(({ target }) => `${file} → ${target}`),
    );

    expect(wrong).toEqual([]);
  });

  it('keeps packages in the folders that they belong to', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file).flatMap(({ target, isTypeOnly }) => {
        const rule = PACKAGES.find(({ name }) => name.test(target));
        const isSandboxType = isTypeOnly && folderOf(file) === 'sandbox';
        return rule === undefined || isSandboxType || rule.in.includes(folderOf(file)) ? [] : [`${file} → ${target}`];
      }),
    );

    expect(wrong).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(file, 'utf8')));

    expect(readers).toEqual(['src/config.ts']);
  });

  it('has no import cycle, type imports counted', () => {
    expect(findCycle(toGraph((file) => file))).toBeUndefined();
  });

  it('has no cycle between the folders of a room', () => {
    expect(findCycle(toGraph(toFolder))).toBeUndefined();
  });

  it('keeps files under 300 lines', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);

    expect(long).toEqual([]);
  });
});

/** `src/discord/views` for what lies below it; a file that lies directly in its room stands for itself. */
function toFolder(path: string): string {
  return path.split('/').length > 3 ? path.split('/').slice(0, 3).join('/') : path;
}

/** Who imports whom, of files or of whatever they are seen as. */
function toGraph(toNode: (file: string) => string): ReadonlyMap<string, readonly string[]> {
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const from = toNode(file);
    const own = importsOf(file).filter(({ target }) => target.startsWith('.'));
    const targets = own.map(({ target }) => toNode(toPath(file, target))).filter((to) => to !== from);
    graph.set(from, [...(graph.get(from) ?? []), ...targets]);
  }
  return graph;
}

function findCycle(graph: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].join(' → ');
    if (done.has(file)) return undefined;
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file]);
      if (cycle !== undefined) return cycle;
    }
    done.add(file);
    return undefined;
  };
  for (const file of graph.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
