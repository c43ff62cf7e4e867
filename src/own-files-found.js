/** The first import of what runs: when this runs, all that it imports is found, and nothing else of it has run yet. */
import { leaveOthersToNode } from './own-files.js';

leaveOthersToNode();
