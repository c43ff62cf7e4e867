import { BackendError } from '../../backends/backend-errors.ts';
import { PRIVATE_ADDRESS } from '../../backends/http/public-connector.ts';
import type { OpenOwn, OwnAccountSpec } from './own-account.ts';

/** Why an account was not kept: what its server answered, or that it did not. */
export type CheckProblem =
  | 'refused'
  | 'subscription'
  | 'unreachable'
  | 'address-private'
  | 'moved'
  | 'wrong-kind'
  | 'troubled';

const CHECK_MS = 10_000;
const PROBLEMS: Readonly<Record<string, CheckProblem>> = {
  'backend-unauthorized': 'refused',
  'backend-subscription': 'subscription',
  'backend-unreachable': 'unreachable',
  'backend-timed-out': 'unreachable',
  'backend-connection-lost': 'unreachable',
  'backend-redirect': 'moved',
  'backend-rate-limited': 'troubled',
  'backend-server': 'troubled',
  'backend-busy': 'troubled',
};

/** Asks the server of an account for what runs there, which costs nothing; undefined where it answers. */
export async function checkAccount(spec: OwnAccountSpec, open: OpenOwn): Promise<CheckProblem | undefined> {
  const backend = open(spec);
  try {
    await backend.listRunning(backend.boards[0], { deadlineMs: CHECK_MS });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof BackendError)) throw thrown;
    if (thrown.reason === PRIVATE_ADDRESS) return 'address-private';
    return thrown.status === 403 ? 'refused' : (PROBLEMS[thrown.code] ?? 'wrong-kind');
  } finally {
    await backend.close();
  }
}
