import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const document = readFileSync('docs/architecture.md', 'utf8');

/** The folders of the tree, each with its whole path, from lines such as `  media/   what it is`. */
function foldersOf(tree: string): string[] {
  const parents: string[] = [];
  return [...tree.matchAll(/^( *)([\w.-]+)\/ /gm)].map(([, indent = '', name = '']) => {
    parents.length = indent.length / 2;
    parents.push(name);
    return parents.join('/');
  });
}

describe('the tree in docs/architecture.md', () => {
  const tree = /## The house\n+```\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
  const named = foldersOf(tree);

  it('names only folders that exist', () => {
    const missing = named.filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true);

    expect(missing).toEqual([]);
  });

  it('names every folder that holds a part of the bot', () => {
    const folders = globSync('{src,sandbox}/**').filter((path) => statSync(path).isDirectory());

    expect(folders.length).toBeGreaterThan(10);
    expect(folders.filter((folder) => !named.includes(folder))).toEqual([]);
  });

  it('names every file that lies in no room', () => {
    const loose = globSync('src/*.*').map((path) => basename(path));

    expect(loose).toContain('main.ts');
    expect(loose.filter((file) => !tree.includes(file))).toEqual([]);
  });
});

/** With or without the ending of a module. */
function isThere(path: string): boolean {
  return existsSync(path) || existsSync(`${path}.ts`);
}

describe('the four walks in docs/architecture.md', () => {
  it('pass by files that exist', () => {
    const walks = /## Four walks\n([\s\S]*?)\n## /.exec(document)?.[1] ?? '';
    const steps = Array.from(walks.matchAll(/`([a-z-]+(?:\/[a-z-]+)+)\/?`/g), ([, step = '']) => step);

    expect(steps.length).toBeGreaterThan(15);
    expect(steps.filter((step) => !isThere(`src/${step}`) && !isThere(step))).toEqual([]);
  });
});

describe('the documents', () => {
  const documents = globSync('{*.md,{docs,test,sandbox}/*.md}').filter((file) => file !== 'CHANGELOG.md');

  it('link to nothing that is not there', () => {
    const broken = documents.flatMap((file) => {
      const links = readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g);
      return Array.from(links, ([, target = '']) => join(dirname(file), target))
        .filter((target) => !existsSync(target))
        .map((target) => `${file} → ${target}`);
    });

    expect(documents.length).toBeGreaterThan(8);
    expect(broken).toEqual([]);
  });

  it('name no file and no folder of ours that is not there', () => {
    const gone = documents.flatMap((file) => {
      const named = readFileSync(file, 'utf8').matchAll(
        /(?<![\w/.-])(?:src|commands|sandbox|test|docs|bench)\/[\w./-]*\w\/?/g,
      );
      return Array.from(named, ([path]) => path)
        .filter((path) => !isThere(path))
        .map((path) => `${file} → ${path}`);
    });

    expect(gone).toEqual([]);
  });
});
