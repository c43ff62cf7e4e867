import { globSync, readFileSync, statSync } from 'node:fs';
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
});

describe('the documents', () => {
  it('link to nothing that is not there', () => {
    const broken = globSync('{README.md,docs/*.md}').flatMap((file) => {
      const folder = file.includes('/') ? 'docs/' : '';
      const targets = [...readFileSync(file, 'utf8').matchAll(/(?<!!\[[^\]]*)\]\((?!https?:|#)([^)#]+)/g)].map(
        (match) => match[1] ?? '',
      );
      return targets
        .filter((target) => statSync(folder + target, { throwIfNoEntry: false }) === undefined)
        .map((target) => `${file} → ${target}`);
    });

    expect(broken).toEqual([]);
  });
});
