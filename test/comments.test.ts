import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const MAX_COLUMNS = 120;

it('no line of a comment passes 120 columns', () => {
  const files = globSync('{src,commands,sandbox,test,bench}/**/*.ts');
  const long = files.flatMap(findLongComments);

  expect(long).toEqual([]);
});

function findLongComments(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, at) => (line.length > MAX_COLUMNS && /^\s*(\/\/|\/?\*)/.test(line) ? [`${file}:${at + 1}`] : []));
}
