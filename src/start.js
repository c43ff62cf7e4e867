/**
 * `npm start`: plain JavaScript, so that an older Node can read it and say what is missing. With `--check` it does no
 * more than that, for a Node that would already refuse the options with which the bot runs.
 */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { fileURLToPath } from 'node:url';
import v8 from 'node:v8';

const NODE_MAJOR = 24;
/** Where Node keeps what it has compiled: a third of the start. Where it cannot write, it goes without. */
const COMPILED = new URL('../node_modules/.cache/compiled', import.meta.url);
/** After which the start is over. */
const STARTED_AFTER_MS = 10_000;
/** Collects when the heap has grown by so much: less memory, for processor time that the start has no use for. */
const HEAP_GROWTH = '--heap-growing-percent=45';
const INSTALLED = new URL('../node_modules/.package-lock.json', import.meta.url);

/** What is missing and what to do, or undefined where nothing is. */
function toProblem() {
  const todo = 'Run `npm ci`, then `npm start`.';
  if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
    return [
      `The bot needs Node ${NODE_MAJOR}; this is Node ${process.versions.node}.`,
      `On Linux x64, \`npm ci\` brings Node ${NODE_MAJOR} along. ${todo}`,
      `Elsewhere, install Node ${NODE_MAJOR} first: https://nodejs.org`,
    ].join('\n');
  }
  return existsSync(INSTALLED) ? undefined : `The bot’s packages are not installed. ${todo}`;
}

function afterStart() {
  // A bot that is killed has a cache too the next time.
  module.flushCompileCache();
  v8.setFlagsFromString(HEAP_GROWTH);
}

const problem = toProblem();
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
} else if (!process.argv.includes('--check')) {
  module.enableCompileCache(fileURLToPath(COMPILED));
  const { findOwnFiles } = await import('./own-files.js');
  findOwnFiles();
  setTimeout(afterStart, STARTED_AFTER_MS).unref();
  await import('./main.ts');
}
