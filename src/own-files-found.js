/** The first file that `main.ts` imports: when it runs, all that are imported are found, and no other one has run yet. */
import { leaveOthersToNode } from './own-files.js';

leaveOthersToNode();
