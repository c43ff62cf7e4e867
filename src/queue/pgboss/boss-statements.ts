/** Milliseconds of an interval, or epoch milliseconds of a time, as a number. */
const toMs = (value: string) => `(extract(epoch FROM ${value}) * 1000)::float8`;
const fromMs = (value: string) => `(${value})::float8 * interval '1 ms'`;

/** What keeps the other jobs of a group waiting, as pg-boss's policy `key_strict_fifo` has it. */
const HOLDING = "('active', 'retry', 'failed')";

/**
 * Statements of our own on pg-boss's tables, nearly all of which read: what is written goes through pg-boss. Times go
 * by `job_now()`, pg-boss's clock: the server's.
 */
export function toBossStatements(schema: string) {
  const now = `${schema}.job_now()`;
  const keptMs = `greatest((j.data->>'keepKeyMs')::float8, CASE WHEN j.output IS NULL THEN $1::float8 ELSE $2::float8 END)`;
  const isOver = `j.state = 'completed' AND j.completed_on + ${fromMs(keptMs)} <= ${now}`;
  const columns = `j.name, j.id, j.state, j.data, j.output, j.retry_count, ${toMs('j.start_after')} AS start_at,
    ${toMs('j.created_on')} AS added_at, ${toMs('j.completed_on')} AS ended_at, ${toMs(now)} AS now`;
  return {
    ddl: `CREATE TABLE IF NOT EXISTS ${schema}.entry_keys (
      queue text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, entry_id uuid NOT NULL, PRIMARY KEY (queue, key));
      CREATE INDEX IF NOT EXISTS entry_keys_entry_id ON ${schema}.entry_keys (entry_id)`,
    /** $1 names of pg-boss's queues: milliseconds until something is due, and until a lease runs out, if ever. */
    due: `SELECT w.name, ${toMs(`least(waiting.due, retrying.due) - ${now}`)} AS due_in, ${toMs(`lease.ends - ${now}`)} AS lapses_in
      FROM unnest($1::text[]) AS w(name)
      LEFT JOIN LATERAL (SELECT j.start_after AS due FROM ${schema}.job j WHERE j.name = w.name AND j.state = 'created'
        AND NOT j.blocked AND (SELECT true FROM ${schema}.job b WHERE b.name = j.name
          AND b.singleton_key = j.singleton_key AND b.state IN ${HOLDING} AND b.policy = 'key_strict_fifo' LIMIT 1) IS NULL
        ORDER BY j.start_after LIMIT 1) waiting ON true
      LEFT JOIN LATERAL (SELECT j.start_after AS due FROM ${schema}.job j WHERE j.name = w.name AND j.state = 'retry'
        ORDER BY j.start_after LIMIT 1) retrying ON true
      LEFT JOIN LATERAL (SELECT min(j.heartbeat_on + j.heartbeat_seconds * interval '1 s') AS ends FROM ${schema}.job j
        WHERE j.name = w.name AND j.state = 'active') lease ON true`,
    /** $1 name: what fell silent for longer than its lease. */
    lapsed: `SELECT j.id, j.retry_count FROM ${schema}.job j WHERE j.name = $1 AND j.state = 'active'
      AND j.heartbeat_on + j.heartbeat_seconds * interval '1 s' <= ${now} LIMIT 500 FOR UPDATE SKIP LOCKED`,
    /** $1 name, $2 id, $3 claims before: the job of a lease that is still held. */
    held: `SELECT ${columns} FROM ${schema}.job j
      WHERE j.name = $1 AND j.id = $2 AND j.state = 'active' AND j.retry_count = $3 FOR UPDATE`,
    /** $1 name, $2 ids, $3 seconds: what was added before leases of the queue were that long. */
    setLease: `UPDATE ${schema}.job SET heartbeat_seconds = $3 WHERE name = $1 AND id = ANY($2) AND state = 'active'`,
    /** $1 name, $2 groups: milliseconds until the last of a group is due that is not due yet. */
    tails: `SELECT g.name, ceil(${toMs(`last.due - ${now}`)}) AS due_in FROM unnest($2::text[]) AS g(name)
      CROSS JOIN LATERAL (SELECT j.start_after AS due FROM ${schema}.job j WHERE j.name = $1 AND j.singleton_key = g.name
        AND j.state = 'created' AND NOT j.blocked AND j.policy = 'key_strict_fifo'
        ORDER BY j.created_on DESC, j.id DESC LIMIT 1) last
      WHERE last.due > ${now}`,
    /** $1 queue, $2 keys, $3 ids. */
    takeNewKeys: `INSERT INTO ${schema}.entry_keys (queue, key, entry_id)
      SELECT $1, w.key, w.id FROM unnest($2::text[], $3::uuid[]) AS w(key, id) ORDER BY w.key
      ON CONFLICT DO NOTHING RETURNING key`,
    /** $1 queue, $2 keys. */
    lockKeys: `SELECT key, entry_id FROM ${schema}.entry_keys WHERE queue = $1 AND key = ANY($2) ORDER BY key FOR UPDATE`,
    /** $1 queue, $2 keys, $3 ids, $4 names, $5 whether a key may be kept by an entry that has ended. */
    takeOverKeys: `UPDATE ${schema}.entry_keys k SET entry_id = w.id FROM unnest($2::text[], $3::uuid[]) AS w(key, id)
      WHERE k.queue = $1 AND k.key = w.key AND NOT EXISTS (SELECT FROM ${schema}.job j
        WHERE j.name = ANY($4) AND j.id = k.entry_id AND (j.state <> 'completed'
          OR $5 AND j.completed_on + ${fromMs("j.data->>'keepKeyMs'")} > ${now}))
      RETURNING k.key`,
    /** $1 milliseconds that done ones are kept, $2 failed ones, $3 names, $4 queue, $5 key. */
    byKey: `SELECT ${columns} FROM ${schema}.entry_keys k JOIN ${schema}.job j ON j.name = ANY($3) AND j.id = k.entry_id
      WHERE k.queue = $4 AND k.key = $5 AND NOT (${isOver})`,
    /** $1 name, $2 queue, $3 key. */
    lockByKey: `SELECT ${columns} FROM ${schema}.entry_keys k JOIN ${schema}.job j ON j.name = $1 AND j.id = k.entry_id
      WHERE k.queue = $2 AND k.key = $3 FOR UPDATE OF j`,
    /** $1 name, $2 id, $3 envelope, $4 milliseconds within which it is due; pg-boss changes no job that is handled. */
    setTick: `UPDATE ${schema}.job SET data = $3::text::jsonb, start_after =
        CASE WHEN state = 'active' THEN start_after ELSE least(start_after, ${now} + ${fromMs('$4')}) END
      WHERE name = $1 AND id = $2`,
    /** $1 names. */
    count: `SELECT state, count(*)::int AS total, ${toMs(`${now} - min(run_at)`)} AS oldest FROM (
        SELECT run_at, CASE WHEN state = 'active' THEN 'active'
          WHEN state = 'completed' THEN CASE WHEN output IS NULL THEN 'done' ELSE 'failed' END
          WHEN run_at > ${now} THEN 'delayed' ELSE 'waiting' END AS state
        FROM (SELECT state, output, CASE WHEN state = 'created' THEN created_on + ${fromMs("data->>'delayMs'")}
          ELSE start_after END AS run_at FROM ${schema}.job WHERE name = ANY($1)) jobs) entries
      GROUP BY state`,
    /** $1 milliseconds that done ones are kept, $2 failed ones, $3 names. */
    over: `SELECT j.name, j.id FROM ${schema}.job j WHERE j.name = ANY($3) AND ${isOver}
      ORDER BY j.completed_on LIMIT 500 FOR UPDATE SKIP LOCKED`,
    /** $1 ids. */
    dropKeys: `DELETE FROM ${schema}.entry_keys WHERE entry_id = ANY($1)`,
  };
}

export type BossStatements = ReturnType<typeof toBossStatements>;
