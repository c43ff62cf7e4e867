import { describe } from 'vitest';
import { describeQueueContract } from './queue-contract.ts';
import { sqliteEngine } from './sqlite-store.ts';

describe.each([sqliteEngine])('a queue on $name', (engine) => describeQueueContract(engine));
