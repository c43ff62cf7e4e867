import { existsSync, globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VARIABLES } from '../src/config.ts';

const document = readFileSync('README.md', 'utf8');

describe('README.md', () => {
  it('has one row for each variable, and no other', () => {
    expect(firstCells('Configuration').map((cell) => cell.replaceAll('`', ''))).toEqual(Object.keys(VARIABLES));
  });

  it('names each command, and no other', () => {
    const commands = globSync('commands/*.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/name: '(\w+)',\s+description: [^\n]+\s+contexts:/g)].map(
        ([, name]) => name,
      ),
    );
    const named = firstCells('Commands').flatMap((cell) => [...cell.matchAll(/`\/(\w+)/g)].map(([, name]) => name));

    expect([...new Set(named)].sort()).toEqual([...new Set(commands)].sort());
  });

  it('links to nothing that is not there', () => {
    const links = [...document.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);

    expect(links.filter((path) => !existsSync(path))).toEqual([]);
  });
});

/** Of the table in a section. */
function firstCells(title: string): string[] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  return [...section.matchAll(/^\| (?!---)([^|]+) \|/gm)].map(([, cell = '']) => cell).slice(1);
}
