import type { CallControl } from '../http/transport.ts';
import { isCallMissing, type MjCalls } from './calls.ts';
import type { Flavour } from './flavours.ts';
import { byIdsRequest, IDS_PER_CALL, listRequest } from './mj-endpoints.ts';
import type { WireTask } from './wire-task.ts';

/** Finds out by what the server has which flavour it is. @throws BackendError where that cannot be found out now */
export async function findFlavour(calls: MjCalls, control: CallControl): Promise<Flavour> {
  if (await hasList(calls, 'queue', control)) return 'novicezk';
  if (await hasList(calls, 'list', control)) return 'trueai';
  await calls.readTasks(byIdsRequest([]), control);
  return 'new-api';
}

async function hasList(calls: MjCalls, list: 'list' | 'queue', control: CallControl): Promise<boolean> {
  try {
    await calls.readTasks(listRequest(list), control);
    return true;
  } catch (error) {
    if (isCallMissing(error)) return false;
    throw error;
  }
}

/**
 * What runs, as far as the server lists it, and every task of `known` whether it runs or not.
 * One call, and one more for each hundred known ones that were not listed.
 */
export async function readRunningTasks(
  calls: MjCalls,
  flavour: Flavour,
  known: readonly string[],
  control: CallControl,
): Promise<readonly WireTask[]> {
  const listed = flavour === 'new-api' ? [] : await calls.readTasks(listRequest(LIST_OF[flavour]), control);
  const listedIds = new Set(listed.map(({ id }) => id));
  const others = [...new Set(known)].filter((id) => !listedIds.has(id));
  const tasks = [...listed];
  for (let from = 0; from < others.length; from += IDS_PER_CALL) {
    tasks.push(...(await calls.readTasks(byIdsRequest(others.slice(from, from + IDS_PER_CALL)), control)));
  }
  return tasks;
}

const LIST_OF = { trueai: 'list', novicezk: 'queue' } as const;
