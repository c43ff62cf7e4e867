import { isDoneWithin } from '../shared/done-within.ts';
import { AppError } from '../shared/errors.ts';
import { type Audience, type Finding, type Section, type TodoFor, type Topic, wrong } from './finding.ts';
import { doctorWords } from './words.ts';

/** Something that is looked at by itself. */
export interface Examination {
  readonly topic: Topic;
  /** Names it where it fails, or hangs. */
  readonly what: string;
  /** The signal is aborted when nobody waits any more. */
  readonly run: (signal: AbortSignal) => Promise<readonly Finding[]>;
}

export interface ExamineOptions {
  readonly audience: Audience;
  /** Milliseconds that each one has. */
  readonly limitMs: number;
}

const TOPICS: readonly Topic[] = ['configuration', 'discord', 'accounts', 'store', 'queue'];

/** Looks at all at the same time; one that hangs or fails says so, and hides nothing of the others. Never rejects. */
export async function examine(
  examinations: readonly Examination[],
  options: ExamineOptions,
): Promise<readonly Section[]> {
  const done = await Promise.all(
    examinations.map(async (one) => ({ topic: one.topic, findings: await examineOne(one, options) })),
  );
  return TOPICS.flatMap((topic) => {
    const findings = done.flatMap((one) => (one.topic === topic ? one.findings : []));
    return findings.length === 0 ? [] : [{ topic, findings }];
  });
}

async function examineOne({ what, run }: Examination, { audience, limitMs }: ExamineOptions) {
  const over = new AbortController();
  let findings: readonly Finding[] = [];
  try {
    const work = run(over.signal).then((found) => {
      findings = found;
    });
    if (await isDoneWithin(work, limitMs)) return findings;
    return [wrong(doctorWords.late(what, limitMs), toTodo(doctorWords.lateTodo, audience))];
  } catch (thrown) {
    const code = thrown instanceof AppError ? thrown.code : 'unknown';
    return [wrong(doctorWords.failed(what, code), toTodo(doctorWords.failedTodo, audience))];
  } finally {
    over.abort();
  }
}

function toTodo(todo: TodoFor, audience: Audience): string {
  return todo[audience];
}
