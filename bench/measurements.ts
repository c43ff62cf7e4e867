import { latency } from './latency.ts';
import type { Measurement } from './measurement.ts';
import { posts } from './posts.ts';
import { start } from './start.ts';
import { upstreamCalls } from './upstream-calls.ts';

/** All measurements, in the order in which they run. */
export const measurements: readonly Measurement[] = [start, latency, upstreamCalls, posts];
