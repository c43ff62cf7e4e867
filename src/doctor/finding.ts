import { compact } from '../shared/compact.ts';

/** `warning`: it works, and something should be looked at. */
export type Mark = 'ok' | 'warning' | 'wrong';

/** What one check found; what is not `ok` says what to do. */
export interface Finding {
  readonly mark: Mark;
  /** One sentence. */
  readonly says: string;
  readonly todo?: string;
}

export type Topic = 'configuration' | 'discord' | 'accounts' | 'store' | 'queue';

/** For what a server uses a channel. */
export type ChannelUse = 'results' | 'reviews' | 'alerts' | 'board';

export interface Section {
  readonly topic: Topic;
  readonly findings: readonly Finding[];
}

/**
 * Who reads it: the people of one server in Discord, who hear nothing of other servers and of what only an operator can
 * change, or whoever runs the bot.
 */
export type Audience = 'server' | 'operator';

/** What to do, for each of those who may read it. */
export type TodoFor = Readonly<Record<Audience, string>>;

const SIGNS: Readonly<Record<Mark, string>> = { ok: '✅', warning: '⚠️', wrong: '❌' };
const WORST_FIRST: readonly Mark[] = ['wrong', 'warning', 'ok'];

export function ok(says: string): Finding {
  return { mark: 'ok', says };
}

export function warning(says: string, todo: string): Finding {
  return { mark: 'warning', says, todo };
}

export function wrong(says: string, todo?: string): Finding {
  return { mark: 'wrong', says, ...compact({ todo }) };
}

/**
 * One line: `❌ It takes no writes. Tell whoever runs me.`
 * @param title Of its topic, where that stands nowhere else.
 */
export function toFindingLine({ mark, says, todo }: Finding, title?: string): string {
  return [SIGNS[mark], title && `${title}:`, says, todo].filter(Boolean).join(' ');
}

/** The worst of all marks. */
export function toWorstMark(sections: readonly Section[]): Mark {
  const marks = new Set(sections.flatMap(({ findings }) => findings.map(({ mark }) => mark)));
  return WORST_FIRST.find((mark) => marks.has(mark)) ?? 'ok';
}

/** What is wrong first, in its order. */
export function toWorstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => WORST_FIRST.indexOf(a.mark) - WORST_FIRST.indexOf(b.mark));
}
