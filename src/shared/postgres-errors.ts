/** The server refuses for now: it starts, stops, has no connection left, or is a standby that is being promoted. */
const REFUSING = new Set([
  '57P03',
  '53300',
  '25006',
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);
/** All connections were in use for too long, as where the server answers none. */
const BUSY_TEXT = 'timeout exceeded when trying to connect';
/** The connection ended, also for a transaction that stood still; what was sent may have been done. */
const CUT = new Set(['57P01', '57P02', '25P03', '08000', '08003', '08006', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT']);
const CUT_TEXT =
  /Connection terminated|connection timeout|timeout expired|Query read timeout|Client was closed|not queryable/i;
const SERIALIZATION = new Set(['40001', '40P01']);
const REFUSED_LOGINS = new Set(['28000', '28P01']);
const FULL = new Set(['53100', '53200']);

/** Whether it may go by itself: the server cannot be reached, or the connection to it ended. */
export function isPassing(thrown: unknown): boolean {
  const code = codeOf(thrown);
  if (code !== undefined && (REFUSING.has(code) || CUT.has(code))) return true;
  return thrown instanceof Error && (thrown.message === BUSY_TEXT || CUT_TEXT.test(thrown.message));
}

/** Whether another transaction was faster, so that nothing of this one happened. */
export function isSerializationFailure(thrown: unknown): boolean {
  return SERIALIZATION.has(codeOf(thrown) ?? '');
}

/** Whether the server has no room left. */
export function isServerFull(thrown: unknown): boolean {
  return FULL.has(codeOf(thrown) ?? '');
}

/** Why a server does not let anybody work, and what to do; undefined for what is no answer of a server. */
export function toServerProblem(thrown: unknown): { readonly reason: string; readonly todo: string } | undefined {
  const code = codeOf(thrown) ?? '';
  if (REFUSED_LOGINS.has(code)) return { reason: 'it refuses the user', todo: 'Put right user and password.' };
  if (code === '3D000')
    return { reason: 'there is none of this name', todo: 'Make it with `createdb`, or name another.' };
  if (code === '42501') {
    const todo = 'Make the user its owner, or grant it CREATE on the database.';
    return { reason: 'the user may not make tables in it', todo };
  }
  if (!isPassing(thrown)) return undefined;
  return { reason: 'the server cannot be reached', todo: 'Start it, or name another host and port.' };
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
