import type { Account, Accounts } from '../../backends/accounts/accounts.ts';
import type { Config } from '../../config.ts';
import { checkAccount } from '../../doctor/account-checks.ts';
import type { Examination } from '../../doctor/examine.ts';
import { ok, warning } from '../../doctor/finding.ts';
import { accountWords, doctorNames } from '../../doctor/words.ts';
import { compact } from '../../shared/compact.ts';
import { isLoopback } from '../../shared/loopback.ts';
import { tryLists } from './examine-accounts.ts';

type Configured = Pick<Config, 'useapi' | 'mj' | 'sandboxServices' | 'accounts' | 'mediaHosts'>;

/** Each account of the configuration; a stand-in is named, and not started. */
export function examineConfigured(config: Configured, accounts: Accounts | undefined): Examination[] {
  const real = accounts === undefined ? [] : accounts.configured.map((account) => examineAccount(accounts, account));
  const standIns = listStandIns(config).map((name): Examination => {
    return { topic: 'accounts', what: name, run: async () => [ok(accountWords.standIn(name))] };
  });
  return [...real, ...standIns, ...(real.length > 0 ? examineHosts(config) : [])];
}

function examineAccount(accounts: Accounts, account: Account): Examination {
  const { name } = account;
  const run = async () => {
    const lists = await tryLists(accounts, account, () => []);
    const { clockAheadMs } = account.backend;
    return checkAccount({ name, lists, ...compact({ clockAheadMs }) }, 'operator');
  };
  return { topic: 'accounts', what: name, run };
}

export function listStandIns({ useapi, mj, sandboxServices }: Configured): readonly string[] {
  return [...(useapi === 'sandbox' ? ['useapi'] : []), ...(mj === 'sandbox' ? ['mj'] : []), ...sandboxServices];
}

/** Where files are fetched. */
function examineHosts({ mj, accounts, mediaHosts }: Configured): Examination[] {
  const ofMj = mj === undefined || mj === 'sandbox' ? [] : mj.mediaHosts;
  const hosts = [...new Set([...mediaHosts, ...ofMj, ...accounts.flatMap((account) => account.mediaHosts ?? [])])];
  return hosts.map((host) => ({
    topic: 'accounts',
    what: doctorNames.filesOf(host),
    run: (signal) => tryHost(host, signal),
  }));
}

/** Any answer will do. */
async function tryHost(host: string, signal: AbortSignal) {
  const { hostname } = new URL(`http://${host}`);
  const url = `${isLoopback(hostname) ? 'http' : 'https'}://${host}/`;
  try {
    await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    return [ok(accountWords.hostFits(host))];
  } catch {
    return [warning(accountWords.hostProblem(host), accountWords.hostTodo)];
  }
}
