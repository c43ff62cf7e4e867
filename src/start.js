/** `npm start`: plain JavaScript, so that an older Node can read it and say what is missing. */
import { existsSync } from 'node:fs';

const NODE_MAJOR = 24;
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

const problem = toProblem();
if (problem === undefined) {
  await import('./main.ts');
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}
