import { describe, expect, it } from 'vitest';
import { claimsEnd, readNamedIds, toJobidsOf } from '../../../src/backends/accounts/hinted-ids.ts';

const V2 = 'job:20250822143812123-user:12345-channel:1122334455667788990-bot:midjourney';
const V3 = 'j1023141520123456789i-u12345-c1234567890123456789-bot:midjourney';
const TASK = '1712345678901234';
const IMAGE = 'user:12345-minimax:987-image:654';
const DREAMINA = 'j1023141520123456789i-u12345-US:jo@example.org-bot:dreamina';

const readHintedIds = (body: unknown, board: string) => toJobidsOf(board, readNamedIds(body));

describe('the job ids of a call back', () => {
  it.each([
    ['v2', { jobid: V2, status: 'completed' }, V2],
    ['v3', { jobid: V3, request: { jobId: 'another' } }, V3],
    ['mj', { id: TASK, status: 'SUCCESS', parentId: '1712345678900000' }, TASK],
    ['mj', { id: Number(TASK) }, TASK],
    ['minimax', { id: '654', imageId: IMAGE }, IMAGE],
    ['dreamina', { jobid: DREAMINA }, DREAMINA],
    ['studio/mj', { id: TASK }, `studio/${TASK}`],
  ])('are those of its board: %s', (board, body, jobid) => {
    expect(readHintedIds(body, board)).toEqual([jobid]);
  });

  it.each([
    ['of another board', { jobid: V2 }],
    ['of another account', { jobid: `studio/${V3}` }],
    ['of no form', { jobid: '<script>', id: '../..' }],
    ['that are too long', { jobid: V3 + 'x'.repeat(300) }],
    ['that are no texts', { jobid: [V3], id: { jobid: V3 }, jobId: null }],
    ['in what is no object', [V3]],
    ['in what is nothing', undefined],
  ])('are none: %s', (_, body) => {
    expect(readHintedIds(body, 'v3')).toEqual([]);
  });
});

describe('whether a call back claims an end', () => {
  it.each([
    [{ jobid: 'j1', status: 'completed' }],
    [{ status: 'moderated' }],
    [{ id: '17', status: 'SUCCESS' }],
    [{ id: '17', status: 'FAILURE' }],
    [{ videoId: '1', status: 2, statusFinal: true }],
  ])('does: %o', (body) => expect(claimsEnd(body)).toBe(true));

  it.each([
    [{ jobid: 'j1', status: 'progress' }],
    [{ id: '17', status: 'IN_PROGRESS' }],
    [{ status: { toLowerCase: 'completed' } }],
    [{ status: 2, statusFinal: 'yes' }],
    [['completed']],
    ['completed'],
    [null],
    [undefined],
  ])('does not: %o', (body) => expect(claimsEnd(body)).toBe(false));
});
