import { describe, expect, it } from 'vitest';
import { RequestLog, type RequestRecord } from '../../../sandbox/midjourney/request-log.ts';

const REQUEST = { method: 'GET', path: '/jobs', status: 200, at: 0, durationMs: 1 };

describe('RequestLog', () => {
  it('emits a long body whole, so that it can be read as JSON, and keeps its beginning with a mark', () => {
    const log = new RequestLog();
    const received: RequestRecord[] = [];
    log.onRequest((record) => received.push(record));
    const responseBody = JSON.stringify({ text: 'x'.repeat(15_000) });

    log.add({ ...REQUEST, responseBody });

    expect(received[0]?.responseBody).toBe(responseBody);
    expect(log.records[0]?.responseBody).toMatch(/x\n… 13011 more characters$/);
  });

  it('marks where a body of more than 20,000 characters was cut', () => {
    const log = new RequestLog();
    const received: RequestRecord[] = [];
    log.onRequest((record) => received.push(record));

    log.add({ ...REQUEST, requestBody: 'y'.repeat(20_007) });

    expect(received[0]?.requestBody).toBe(`${'y'.repeat(20_000)}\n… 7 more characters`);
  });
});
