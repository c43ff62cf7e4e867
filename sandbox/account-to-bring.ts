import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** The secret of the account that a server can bring to try it out: everybody may know it. */
export const OWN_ACCOUNT_SECRET = 'own-account';

const KEY = z.base64().length(44);

/** The key with which the sandbox encrypts secrets, as `SECRETS_KEY` takes it; made at its first start, and kept. */
export function readSandboxKey(path: string): string {
  const known = KEY.safeParse(readText(path)?.trim()).data;
  const key = known ?? randomBytes(32).toString('base64');
  if (known === undefined) writeKey(path, key);
  return `sandbox:${key}`;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** Where it cannot be kept, the store cannot either, which the bot says itself. */
function writeKey(path: string, key: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${key}\n`, { mode: 0o600 });
  } catch {}
}
