import { examineAll } from './app/doctor/examine-all.ts';
import { ConfigError, loadConfig, readEnvironment } from './config.ts';
import { type Section, toFindingLine, wrong } from './doctor/finding.ts';
import { reportWords, TOPIC_TITLES } from './doctor/words.ts';
import { toErrorMessage } from './shared/errors.ts';

/** `npm run doctor`: also while the bot runs. */
async function main(): Promise<void> {
  const sections = await readSections();
  const findings = sections.flatMap(({ findings }) => findings);
  const count = (mark: string) => findings.filter((finding) => finding.mark === mark).length;
  const lines = sections.flatMap(({ topic, findings }) =>
    findings.map((finding) => toFindingLine(finding, TOPIC_TITLES[topic])),
  );
  end([...lines, reportWords.ends(count('wrong'), count('warning'))], count('wrong') === 0 ? 0 : 1);
}

/** Mistakes in the configuration stand for all: nothing else can be looked at. */
async function readSections(): Promise<readonly Section[]> {
  try {
    return await examineAll(loadConfig(readEnvironment()));
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    const findings = thrown.problems.map((problem) => wrong(`${problem}.`));
    return [{ topic: 'configuration', findings }];
  }
}

/** What hangs is not waited for. */
function end(lines: readonly string[], code: 0 | 1): void {
  process.stdout.write(`${lines.join('\n')}\n`, () => process.exit(code));
}

main().catch((thrown: unknown) => end([reportWords.failed(toErrorMessage(thrown))], 1));
