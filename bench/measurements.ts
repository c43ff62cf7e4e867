import { followingCalls } from './following-calls.ts';
import { latency } from './latency.ts';
import type { Measurement } from './measurement.ts';
import { postLatency } from './post-latency.ts';
import { posts } from './posts.ts';
import { reopen } from './reopen.ts';
import { start } from './start.ts';
import { tick } from './tick.ts';
import { upstreamCalls } from './upstream-calls.ts';

/** All measurements, in the order in which they run. */
export const measurements: readonly Measurement[] = [
  start,
  latency,
  upstreamCalls,
  posts,
  postLatency,
  followingCalls,
  tick,
  reopen,
];
