import type { Control } from '../handlers.ts';
import { type BoardFilter, toJobsBoard } from '../views/jobs-board.ts';

/** Refresh, Previous and Next under the list of running jobs. */
const turnPage: Control = {
  name: 'jobs-page',
  answers: 'update',
  async run({ caller, args: [page = '0', type = '', apiChannel = ''], services }) {
    services.permissions.requireAllowed('view', caller);
    const filter = toBoardFilter(type, apiChannel);
    const board = await services.boards.read({
      ...filter,
      guildId: caller.guildId,
      page: Number.parseInt(page, 10) || 0,
    });
    return { message: toJobsBoard(board, filter) };
  },
};

export const boardControls: readonly Control[] = [turnPage];

export function toBoardFilter(type: string | undefined, apiChannel: string | undefined): BoardFilter {
  return {
    ...(type === 'image' || type === 'video' ? { type } : {}),
    ...(apiChannel !== undefined && apiChannel !== '' && { apiChannel }),
  };
}
