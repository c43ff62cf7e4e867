import { readFileSync, writeFileSync } from 'node:fs';
import { measurements } from './measurements.ts';
import { describeConditions, replaceSection, toSection } from './report.ts';

const DOCUMENT = new URL('../docs/performance.md', import.meta.url);

/** Measures what is named on the command line, or all, prints the tables and writes them to `docs/performance.md`. */
async function main(names: readonly string[]): Promise<void> {
  const known = measurements.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No measurement ${unknown.join(', ')}; there are ${known.join(', ')}.`);
  const chosen = measurements.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, measure } of chosen) {
    say(`\n## ${name}\n`);
    const conditions = describeConditions(new Date());
    const section = toSection(await measure(), conditions);
    say(section);
    writeFileSync(DOCUMENT, replaceSection(readFileSync(DOCUMENT, 'utf8'), name, section));
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main(process.argv.slice(2));
