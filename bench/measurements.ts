import { fairness } from './fairness.ts';
import { followingCalls } from './following-calls.ts';
import { latency } from './latency.ts';
import { manyServers } from './many-servers.ts';
import type { Measurement } from './measurement.ts';
import { postLatency } from './post-latency.ts';
import { posts } from './posts.ts';
import { reopen } from './reopen.ts';
import { replyBurst } from './reply-burst.ts';
import { replyFlood } from './reply-flood.ts';
import { replyLatency } from './reply-latency.ts';
import { scale } from './scale.ts';
import { start } from './start.ts';
import { takeover } from './takeover.ts';
import { tick } from './tick.ts';
import { upstreamCalls } from './upstream-calls.ts';

/** All measurements, in the order in which they run. */
export const measurements: readonly Measurement[] = [
  start,
  manyServers,
  latency,
  upstreamCalls,
  posts,
  postLatency,
  fairness,
  replyLatency,
  replyBurst,
  replyFlood,
  followingCalls,
  tick,
  reopen,
  scale,
  takeover,
];
