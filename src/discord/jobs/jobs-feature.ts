import type { JobAnswers } from '../cards/job-answers.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control, MessageCommand } from '../core/handlers.ts';
import { type BoardFeature, type BoardNeeds, boardFeature } from './board-controls.ts';
import { type FamilyNeeds, familyControls, showFamily } from './family-controls.ts';
import { askToCancel, type JobControlNeeds, jobControls } from './job-controls.ts';
import { type JobDetailsNeeds, jobDetails } from './job-details-command.ts';
import { type JobSuggestions, jobSuggestions, type SuggestionNeeds } from './job-suggestions.ts';
import { type LiveBoardFeature, type LiveBoardNeeds, liveBoardFeature } from './live-board.ts';
import { pickMeantJob } from './meant-job.ts';
import { type ShareNeeds, shareControls } from './share-controls.ts';

export type JobsNeeds = BoardNeeds &
  LiveBoardNeeds &
  FamilyNeeds &
  JobControlNeeds &
  JobDetailsNeeds &
  ShareNeeds &
  SuggestionNeeds;

/** `/jobs` and `/job`, and what is under their replies and under cards. */
export interface JobsFeature
  extends JobSuggestions,
    Pick<BoardFeature, 'showBoard'>,
    Pick<LiveBoardFeature, 'pinBoard'>,
    Pick<JobAnswers, 'show'> {
  showFamily(idOrRef: string, caller: Caller): Promise<Answer>;
  askToCancel(idOrRef: string, caller: Caller): Promise<Answer>;
  readonly controls: readonly Control[];
  readonly messageCommands: readonly MessageCommand[];
}

export function jobsFeature(needs: JobsNeeds): JobsFeature {
  const { showBoard, controls: boardControls } = boardFeature(needs);
  const { pinBoard, controls: liveBoardControls } = liveBoardFeature(needs);
  return {
    ...jobSuggestions(needs),
    showBoard,
    pinBoard,
    show: (idOrRef, call) => needs.jobAnswers.show(idOrRef, call),
    showFamily: (idOrRef, caller) => showFamily(needs, idOrRef, caller),
    askToCancel: (idOrRef, caller) => askToCancel(needs, idOrRef, caller),
    controls: [
      ...boardControls,
      ...liveBoardControls,
      meantJobControl(needs),
      ...familyControls(needs),
      ...jobControls(needs),
      ...shareControls(needs),
    ],
    messageCommands: [jobDetails(needs)],
  };
}

/** Goes on with the job that was picked of several. */
function meantJobControl(needs: JobsNeeds): Control {
  return onControl(pickMeantJob, ({ caller, args: { action }, values: [ref = ''], showProgress }) => {
    if (action === 'cancel') return askToCancel(needs, ref, caller);
    if (action === 'family') return showFamily(needs, ref, caller);
    return needs.jobAnswers.show(ref, { caller, showProgress });
  });
}
