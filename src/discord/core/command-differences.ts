import { z } from 'zod';
import type { CommandDifferences } from '../../doctor/discord-checks.ts';

interface Command {
  readonly name: string;
  readonly contexts?: readonly number[] | null | undefined;
}

const Offered = z.array(z.looseObject({ name: z.string() }));

/**
 * Compares what Discord says it offers with what is to be offered. What Discord adds by itself is no difference.
 * @param answer Of Discord, to `GET …/commands`.
 */
export function compareCommands(answer: unknown, wanted: readonly Command[]): CommandDifferences {
  const offered = new Map((Offered.safeParse(answer).data ?? []).map((command) => [command.name, command]));
  const names = new Set(wanted.map(({ name }) => name));
  const known = wanted.filter(({ name }) => offered.has(name));
  return {
    missing: wanted.filter(({ name }) => !offered.has(name)).map(({ name }) => name),
    changed: known.filter((command) => !isSame(offered.get(command.name), command)).map(({ name }) => name),
    surplus: [...offered.keys()].filter((name) => !names.has(name)),
  };
}

/** Discord knows no contexts of a command that is a server's own. */
function isSame(found: object | undefined, { contexts, ...wanted }: Command): boolean {
  const shown = Reflect.get(found ?? {}, 'contexts');
  return isHeldBy(found, wanted) && (isEmpty(shown) || isHeldBy(shown, contexts));
}

/** Whether `found` says all that `wanted` does. Discord leaves out what is empty, and orders sets of values anew. */
function isHeldBy(found: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) return isListHeldBy(Array.isArray(found) ? found : [], wanted);
  if (typeof wanted !== 'object' || wanted === null) return found === wanted || (isEmpty(found) && isEmpty(wanted));
  const fields: unknown = found;
  if (typeof fields !== 'object' || fields === null) return false;
  return Object.entries(wanted).every(([name, value]) => isHeldBy(Reflect.get(fields, name), value));
}

function isListHeldBy(found: readonly unknown[], wanted: readonly unknown[]): boolean {
  if (found.length !== wanted.length) return false;
  const isSet = wanted.every((value) => typeof value !== 'object');
  return wanted.every((value, at) => (isSet ? found.includes(value) : isHeldBy(found[at], value)));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === false;
}
