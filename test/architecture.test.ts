import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What each room may import of ours, besides itself; everything may use `src/shared`. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'src/main.ts': ['src/app', 'src/config.ts', 'sandbox'],
  'src/move-store.ts': ['src/app', 'src/config.ts', 'src/host-config.ts'],
  'src/new-reply-keys.ts': ['src/app', 'src/config.ts'],
  'src/run-doctor.ts': ['src/app', 'src/config.ts', 'src/doctor'],
  'src/app': [
    'src/own-files-found.js',
    'src/config.ts',
    'src/host-config.ts',
    'src/accounts-file.ts',
    'src/health',
    'src/doctor',
    'src/callbacks',
    'src/metrics',
    'src/gateway',
    'commands',
    'src/discord',
    'src/notifications',
    'src/moderation',
    'src/jobs',
    'src/media',
    'src/backends',
    'src/storage',
    'src/queue',
  ],
  'src/config.ts': ['src/accounts-file.ts', 'src/host-config.ts'],
  'src/host-config.ts': [],
  'src/accounts-file.ts': [],
  commands: ['src/discord', 'src/notifications', 'src/moderation', 'src/jobs', 'src/media'],
  'src/discord': ['src/notifications', 'src/moderation', 'src/jobs', 'src/media', 'src/doctor'],
  'src/notifications': ['src/jobs', 'src/media', 'src/backends', 'src/storage', 'src/queue'],
  'src/moderation': ['src/jobs', 'src/media', 'src/backends', 'src/storage', 'src/queue'],
  'src/jobs': ['src/media', 'src/backends', 'src/storage', 'src/queue'],
  'src/media': ['src/backends'],
  'src/backends': [],
  'src/storage': [],
  'src/queue': [],
  'src/gateway': ['src/discord', 'src/storage'],
  'src/health': [],
  'src/doctor': [],
  'src/callbacks': ['src/storage'],
  'src/metrics': [],
  'src/shared': [],
  sandbox: [],
  bench: ['sandbox', 'src/notifications', 'src/jobs', 'src/storage', 'src/queue'],
};

/** Within `src/discord`: features use what all share, and not each other. */
const DISCORD_FEATURES = ['jobs', 'submissions', 'notify', 'moderation', 'setup', 'doctor'];

/** What several folders have by plan: a contract, a feature's sentences, an entry point. */
const SHARED_NAMES: readonly string[] = ['contract.ts', 'words.ts', 'main.ts'];

/** What runs in the browser knows of the page's server nothing but types. */
const PAGE_CLIENT = 'sandbox/page/client/';

/** Packages that only some rooms may import. */
const PACKAGES: readonly { readonly name: RegExp; readonly in: readonly string[] }[] = [
  { name: /^discord\.js$/, in: ['src/discord', 'src/gateway', 'commands', 'src/app', 'bench'] },
  { name: /^@discordjs\/ws$/, in: ['src/gateway'] },
  { name: /^undici$/, in: ['src/backends', 'src/media'] },
  { name: /^(keyv|@keyv\/.*|hookified)$/, in: ['src/storage'] },
  { name: /^pg$/, in: ['src/shared'] },
  { name: /^pg-boss$/, in: ['src/queue'] },
  { name: /^prom-client$/, in: ['src/metrics'] },
];

interface Import {
  readonly target: string;
  readonly isTypeOnly: boolean;
}

const files = globSync('{src,commands,sandbox,bench}/**/*.ts');

/** `src/jobs`, `src/main.ts`, `sandbox`. */
function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'src' ? `${top}/${second}` : top;
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
  const from = roomOf(file);
  const to = roomOf(toPath(file, target));
  return to === from || to === 'src/shared' || (ARROWS[from] ?? []).includes(to);
}

/** `jobs` for `src/discord/jobs/suggestions.ts`; undefined for what no feature owns. */
function featureOf(path: string): string | undefined {
  const [, room, feature = ''] = path.split('/');
  return room === 'discord' && DISCORD_FEATURES.includes(feature) ? feature : undefined;
}

describe('the house', () => {
  it('has no room but those of the plan', () => {
    expect([...new Set(files.map(roomOf))].filter((room) => !(room in ARROWS))).toEqual([]);
  });

  it('imports along the arrows only', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter(({ target }) => target.startsWith('.') && !isAllowed(file, target))
        .map(({ target }) => `${file} → ${target}`),
    );

    expect(wrong).toEqual([]);
  });

  it('keeps the features of Discord apart', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .map(({ target }) => toPath(file, target))
        .filter((path) => featureOf(file) !== undefined && featureOf(path) !== undefined)
        .filter((path) => featureOf(path) !== featureOf(file))
        .map((path) => `${file} → ${path}`),
    );

    expect(wrong).toEqual([]);
  });

  it('lets the browser know of the server nothing but types', () => {
    const wrong = files
      .filter((file) => file.startsWith(PAGE_CLIENT))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ target, isTypeOnly }) => !isTypeOnly && !toPath(file, target).startsWith(PAGE_CLIENT))
          .map(({ target }) => `${file} → ${target}`),
      );

    expect(wrong).toEqual([]);
  });

  it('keeps packages in the folders that they belong to', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file).flatMap(({ target, isTypeOnly }) => {
        const rule = PACKAGES.find(({ name }) => name.test(target));
        const isSandboxType = isTypeOnly && roomOf(file) === 'sandbox';
        return rule === undefined || isSandboxType || rule.in.includes(roomOf(file)) ? [] : [`${file} → ${target}`];
      }),
    );

    expect(wrong).toEqual([]);
  });

  it('reads the environment in one place', () => {
    const readers = files.filter(
      (file) => roomOf(file) !== 'bench' && /process\.env\b/.test(readFileSync(file, 'utf8')),
    );

    expect(readers).toEqual(['src/config.ts']);
  });

  it('knows which versions useapi has where that backend is and is configured alone', () => {
    const naming = files.filter((file) => /^(?:src|commands)/.test(file) && /'v[23]'/.test(readFileSync(file, 'utf8')));

    expect(naming.filter((file) => !file.startsWith('src/backends/'))).toEqual([
      'src/accounts-file.ts',
      'src/config.ts',
    ]);
  });

  it('has no import cycle, type imports counted', () => {
    expect(findCycle(toGraph((file) => file))).toBeUndefined();
  });

  it('has no cycle between the folders of a room', () => {
    expect(findCycle(toGraph(toFolder))).toBeUndefined();
  });

  it('reaches little from a command: what it needs is handed to it', () => {
    expect(reachedFrom('commands/jobs.ts').size).toBeLessThan(70);
  });

  it('writes and reads custom ids in the definitions of controls alone', () => {
    const codec = /\b(?:encode|parse)CustomId\b/;
    const wrong = files.filter((file) => codec.test(readFileSync(file, 'utf8')));

    expect(wrong.filter((file) => !file.startsWith('src/discord/core/'))).toEqual([]);
  });

  it('gives no two files the same name, so that a name alone finds its file', () => {
    // A file in `commands/` has the name of its command.
    const named = files.filter((file) => !file.startsWith('commands/') && !SHARED_NAMES.includes(basename(file)));
    const twice = [...Map.groupBy(named, (file) => basename(file)).values()].filter((same) => same.length > 1);

    expect(twice).toEqual([]);
  });

  it('folds no literal into another, which would hide fields that do not exist', () => {
    const folded = [...files, ...globSync('test/**/*.ts')].filter((file) =>
      /[.]{3}[{]/.test(readFileSync(file, 'utf8')),
    );

    expect(folded).toEqual([]);
  });

  it('exports no value that nobody imports', () => {
    const imported = new Set([...files, ...globSync('test/**/*.ts')].flatMap(importedNamesOf));
    const alone = files.flatMap((file) =>
      exportedNamesOf(file)
        .map((name) => `${file} ${name}`)
        .filter((id) => !imported.has(id)),
    );

    expect(alone).toEqual([]);
  });

  it('has no file of more than 350 lines: 300 are a sign to look, never a reason to fold', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 351);

    expect(long).toEqual([]);
  });
});

/** `src/jobs/job.ts isFinal`: what a file names in its imports. */
function importedNamesOf(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const statements = source.matchAll(/^import\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'(\.[^']+)'/gm);
  const dynamic = source.matchAll(/\bconst \{([^}]*)\} = await import\('(\.[^']+)'\)/g);
  return [...statements, ...dynamic].flatMap(([, names = '', target = '']) =>
    Array.from(
      names.matchAll(/(?:type\s+)?(\w+)(?:(?:\s+as|:)\s+\w+)?/g),
      ([, name]) => `${toPath(file, target)} ${name}`,
    ),
  );
}

/** Values alone: a type may be exported for those who read what takes it. */
function exportedNamesOf(file: string): string[] {
  const exports = readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:const|function\*?|class) (\w+)/gm);
  return Array.from(exports, ([, name = '']) => name);
}

/** `src/discord/jobs` for what lies below it; a file that lies directly in its room stands for itself. */
function toFolder(path: string): string {
  return path.split('/').length > 3 ? path.split('/').slice(0, 3).join('/') : path;
}

/** Who imports whom, of files or of whatever they are seen as. */
function toGraph(toNode: (file: string) => string): ReadonlyMap<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const node = toNode(file);
    const own = importsOf(file).filter(({ target }) => target.startsWith('.'));
    const targets = own.map(({ target }) => toNode(toPath(file, target))).filter((to) => to !== node);
    graph.set(node, [...(graph.get(node) ?? []), ...targets]);
  }
  return graph;
}

/** The file and all that it imports, directly or not. */
function reachedFrom(file: string): ReadonlySet<string> {
  const graph = toGraph((path) => path);
  const reached = new Set<string>([file]);
  for (const path of reached) for (const target of graph.get(path) ?? []) reached.add(target);
  return reached;
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
