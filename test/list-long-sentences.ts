import { globSync, readFileSync } from 'node:fs';
import { findTexts } from './source-text.ts';

const LONG = 100;
/** How many are shown at least, so that there is something to look at. */
const SHOWN = 20;
/** What only those read who may configure. */
const FOR_MODERATORS = /discord\/(?:moderation|notify)\//;

interface Sentence {
  readonly text: string;
  readonly at: string;
}

/**
 * Prints the sentences for members that have more than about a hundred characters, longest first; with `all` those for
 * moderators too; at least the twenty longest. A help for whoever writes them, not a limit.
 */
function listLongSentences(isForAll: boolean): void {
  const files = globSync('src/discord/**/*.ts').filter((file) => isForAll || !FOR_MODERATORS.test(file));
  const longestFirst = files.flatMap(findSentences).toSorted((one, other) => other.text.length - one.text.length);
  const shown = longestFirst.filter(({ text }, index) => text.length > LONG || index < SHOWN);
  for (const { text, at } of shown) process.stdout.write(`${text.length}  ${at}\n     ${text}\n`);
}

/** A value that is filled in counts as one character. */
function findSentences(file: string): Sentence[] {
  return findTexts(readFileSync(file, 'utf8')).flatMap(({ text, line }) =>
    text
      .replace(/\$\{(?:[^{}]|\{[^{}]*\})*\}|\$\{.*$/g, '…')
      .split(/(?<=[.!?:])\s+|\\n/)
      .map((sentence) => ({ text: sentence, at: `${file}:${line}` })),
  );
}

listLongSentences(process.argv[2] === 'all');
