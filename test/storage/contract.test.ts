import { describe } from 'vitest';
import { describeStoreContract } from './store-contract.ts';
import { sqliteEngine } from './store-world.ts';

describe.each([sqliteEngine])('a store on $name', (engine) => describeStoreContract(engine));
