import type { SqliteDatabase } from './sqlite-database.ts';

/** The statements that add and show entries. */
export function toEntryStatements(database: SqliteDatabase) {
  return {
    byKey: database.prepare('SELECT * FROM queue_entries WHERE queue = ? AND key = ?'),
    insert: database.prepare(`INSERT INTO queue_entries
      (queue, key, group_name, tenant, payload, state, run_at, due_at, max_attempts, backoff_base_ms, backoff_max_ms, backoff_jitter,
       added_at, set_at, keep_key_ms, tick_every_ms, tick_jitter_ms, tick_base_at)
      VALUES ($queue, $key, $group, $tenant, $payload, 'waiting', $runAt, $dueAt, $maxAttempts, $baseMs, $maxMs, $jitter,
       $now, $now, $keepKeyMs, $everyMs, $jitterMs, $baseAt)`),
    groupHead: database.prepare(`SELECT id FROM queue_entries
      WHERE queue = ? AND group_name = ? AND ended_at IS NULL ORDER BY id LIMIT 1`),
    promote: database.prepare(
      "UPDATE queue_entries SET due_at = run_at WHERE id = ? AND state = 'waiting' AND due_at IS NULL",
    ),
    remove: database.prepare('DELETE FROM queue_entries WHERE id = ?'),
    updateTick: database.prepare(`UPDATE queue_entries SET
        payload = $payload, tick_every_ms = $everyMs, tick_jitter_ms = $jitterMs,
        tick_base_at = coalesce(tick_base_at, $baseAt),
        run_at = CASE state WHEN 'waiting' THEN min(run_at, $runBy) ELSE run_at END,
        due_at = CASE state WHEN 'waiting' THEN min(run_at, $runBy) ELSE due_at END,
        set_at = CASE state WHEN 'waiting' THEN min(set_at, $baseAt) ELSE set_at END
      WHERE id = $id`),
    count: database.prepare(`SELECT state, count(*) AS total, sum(run_at > ?) AS later, min(run_at) AS oldest
      FROM queue_entries WHERE queue = ? GROUP BY state`),
  };
}

/** Whether an entry's tenant is not among those of a JSON list. */
const IS_WANTED = '(tenant IS NULL OR tenant NOT IN (SELECT value FROM json_each(?)))';

/** The statements that lease, renew and settle entries. */
export function toLeaseStatements(database: SqliteDatabase) {
  return {
    due: database.prepare(`SELECT * FROM queue_entries
      WHERE queue = ? AND due_at <= ? AND ${IS_WANTED} ORDER BY due_at, id LIMIT ?`),
    hasDue: database.prepare(`SELECT 1 FROM queue_entries WHERE queue = ? AND due_at <= ? AND ${IS_WANTED} LIMIT 1`),
    nextDue: database.prepare(`SELECT due_at FROM queue_entries
      WHERE queue = ? AND due_at IS NOT NULL ORDER BY due_at LIMIT 1`),
    lease: database.prepare(`UPDATE queue_entries
      SET state = 'active', lease_token = $token, due_at = $leaseEndsAt, set_at = $now,
        recoveries = $recoveries WHERE id = $id`),
    renew: database.prepare('UPDATE queue_entries SET due_at = ?, set_at = ? WHERE id = ? AND lease_token = ?'),
    held: database.prepare("SELECT lease_token FROM queue_entries WHERE state = 'active' AND lease_token IS NOT NULL"),
    expire: database.prepare('UPDATE queue_entries SET due_at = ? WHERE lease_token = ?'),
    leased: database.prepare('SELECT * FROM queue_entries WHERE id = ? AND lease_token = ?'),
    reschedule: database.prepare(`UPDATE queue_entries
      SET state = 'waiting', lease_token = NULL, run_at = $runAt, due_at = $runAt, set_at = $now, attempts = $attempts,
        recoveries = $recoveries, last_error = $lastError, tick_base_at = coalesce($tickBaseAt, tick_base_at) WHERE id = $id`),
    end: database.prepare(`UPDATE queue_entries
      SET state = $state, lease_token = NULL, due_at = NULL, attempts = $attempts, last_error = $lastError,
        ended_at = $now, purge_at = $purgeAt WHERE id = $id`),
    remove: database.prepare('DELETE FROM queue_entries WHERE id = ?'),
    /** What was set after `now` was set before the clock was set back: it waits no longer, and leases begin anew. */
    bringForward: database.prepare(`UPDATE queue_entries
      SET run_at = $now, due_at = CASE WHEN due_at IS NULL THEN NULL ELSE $now END, tick_base_at = min(tick_base_at, $now),
        set_at = $now WHERE state = 'waiting' AND set_at > $now`),
    restartLeases: database.prepare(`UPDATE queue_entries
      SET due_at = $now + due_at - set_at, set_at = $now WHERE state = 'active' AND set_at > $now`),
    restartKept: database.prepare(`UPDATE queue_entries
      SET purge_at = $now + purge_at - ended_at, ended_at = $now WHERE ended_at > $now`),
    hasPurgeable: database.prepare('SELECT 1 FROM queue_entries WHERE purge_at <= ? LIMIT 1'),
    purge: database.prepare(`DELETE FROM queue_entries
      WHERE id IN (SELECT id FROM queue_entries WHERE purge_at <= ? ORDER BY purge_at LIMIT 500)`),
  };
}
