import type { AccountConfig } from '../accounts-file.ts';
import { type Account, Accounts } from '../backends/accounts/accounts.ts';
import type { Backend } from '../backends/contract.ts';
import type { Connector } from '../backends/http/http-agent.ts';
import { publicConnector } from '../backends/http/public-connector.ts';
import type { ApiCall } from '../backends/http/transport.ts';
import { UseapiClient } from '../backends/useapi/client.ts';
import type { OpenOwn, OwnKind } from '../jobs/own-accounts/own-account.ts';
import type { Clock } from '../shared/clock.ts';
import { compact } from '../shared/compact.ts';
import { AppError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import type { AppConfig } from './app-config.ts';

interface Tools {
  readonly clock: Clock;
  readonly logger: Logger;
  /** From where pictures that people give are fetched. */
  readonly pictureHosts: readonly string[];
  readonly onCall?: (call: ApiCall) => void;
  /** How sockets are opened; default: to wherever the address leads. */
  readonly connector?: Connector;
  /** Sockets kept open to the server at most; default: as a backend has it. */
  readonly connections?: number;
  /** Bytes of a JSON body that are read at most; default: as a backend has it. */
  readonly maxBodyBytes?: number;
}

export interface CallObserver {
  /** Called after each try of a call of an account that the operator has named; must not throw. */
  readonly onCall?: ((account: string, call: ApiCall) => void) | undefined;
}

const CONNECT_MS = 5_000;
/** What a server's own account may send at once is kept in memory, and read while everybody waits. */
const OWN_LIMITS = { connections: 4, maxBodyBytes: 4 * 1024 * 1024 } as const;

/** Makes the backend of an account. */
type Maker = (account: AccountConfig, tools: Tools) => Backend;

/** Opens every account: those that the variables name first, without an id, then those of the accounts file. */
export async function openAccounts(
  config: Pick<AppConfig, 'useapi' | 'useapiVersions' | 'mj' | 'accounts' | 'mediaHosts'>,
  { onCall, ...outside }: Omit<Tools, 'pictureHosts' | 'onCall'> & CallObserver,
): Promise<Accounts> {
  const { useapi, useapiVersions: versions, mj, accounts = [], mediaHosts: pictureHosts } = config;
  const isUseapiEnough = mj === undefined && accounts.every(({ backend }) => backend === 'useapi');
  const make = await loadMaker(isUseapiEnough);
  const open = (account: AccountConfig) =>
    make(account, {
      ...outside,
      pictureHosts,
      ...compact({ onCall: onCall && ((call: ApiCall) => onCall(account.id, call)) }),
    });
  const all: Account[] = [];
  if (useapi !== undefined) {
    const { url, token: secret } = useapi;
    all.push({ name: 'useapi', backend: open({ id: 'useapi', backend: 'useapi', url, secret, versions }) });
  }
  if (mj !== undefined) all.push({ name: 'mj', backend: open({ id: 'mj', backend: 'mj', ...mj }) });
  for (const account of accounts) {
    const { id, name = id, guildIds } = account;
    all.push({ id, name, backend: open(account), ...compact({ guildIds }) });
  }
  const [first, ...others] = all;
  if (first === undefined) throw new AppError('config-invalid', 'There is no account on which jobs could run.');
  return new Accounts([first, ...others]);
}

/** How accounts are opened that servers bring; they connect to public addresses alone, unless others are allowed. */
export async function loadOwnAccountOpener(
  { ownAccounts, mediaHosts: pictureHosts }: Pick<AppConfig, 'ownAccounts' | 'mediaHosts'>,
  outside: Omit<Tools, 'pictureHosts' | 'connector'>,
): Promise<OpenOwn> {
  const connector = ownAccounts?.allowsPrivate === true ? undefined : publicConnector({ timeoutMs: CONNECT_MS });
  const tools = { ...outside, ...OWN_LIMITS, pictureHosts, ...compact({ connector }) };
  // Without a key for secrets no account of a server is opened.
  const make = await loadMaker(ownAccounts === undefined || ownAccounts.keys.length === 0);
  return ({ kind, ...account }) => make({ id: 'own', ...account, ...toDialect(kind) }, tools);
}

function toDialect(kind: OwnKind): Pick<AccountConfig, 'backend' | 'auth'> {
  return kind === 'mj-bearer' ? { backend: 'mj', auth: 'bearer' } : { backend: kind };
}

/** What speaks to other servers than useapi's Midjourney API is read from disk only where it is needed. */
async function loadMaker(isUseapiEnough: boolean): Promise<Maker> {
  if (isUseapiEnough) return toUseapi;
  const { MjBackend } = await import('../backends/mj/mj-backend.ts');
  const { SiblingBackend } = await import('../backends/siblings/sibling-backend.ts');
  return (account, tools) => {
    const { backend, url: baseUrl, secret, auth, flavour, mediaHosts, model } = account;
    if (backend === 'useapi') return toUseapi(account, tools);
    if (backend === 'mj')
      return new MjBackend({ ...tools, baseUrl, secret, ...compact({ auth, flavour, mediaHosts }) });
    const own = { service: backend, token: secret, ...compact({ model, mediaHosts }) };
    return new SiblingBackend({ ...tools, baseUrl, ...own });
  };
}

function toUseapi({ url: baseUrl, secret: token, versions }: AccountConfig, tools: Tools): Backend {
  const [first, ...others] = versions ?? [];
  const listed = first === undefined ? {} : { versions: [first, ...others] as const };
  return new UseapiClient({ ...tools, baseUrl, token, ...listed });
}
