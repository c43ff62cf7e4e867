import type { JobAnswers } from '../cards/job-answers.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import type { Control, MessageCommand } from '../core/handlers.ts';
import { type BoardFeature, type BoardNeeds, boardFeature } from './board-controls.ts';
import { type FamilyNeeds, familyControls, showFamily } from './family-controls.ts';
import { askToCancel, type JobControlNeeds, jobControls } from './job-controls.ts';
import { type JobDetailsNeeds, jobDetails } from './job-details-command.ts';
import { type JobSuggestions, jobSuggestions, type SuggestionNeeds } from './job-suggestions.ts';
import { type ShareNeeds, shareControls } from './share-controls.ts';

export type JobsNeeds = BoardNeeds & FamilyNeeds & JobControlNeeds & JobDetailsNeeds & ShareNeeds & SuggestionNeeds;

/** `/jobs` and `/job`, and what is under their replies and under cards. */
export interface JobsFeature extends JobSuggestions, Pick<BoardFeature, 'showBoard'>, Pick<JobAnswers, 'show'> {
  showFamily(idOrRef: string, caller: Caller): Promise<Answer>;
  askToCancel(idOrRef: string, caller: Caller): Promise<Answer>;
  readonly controls: readonly Control[];
  readonly messageCommands: readonly MessageCommand[];
}

export function jobsFeature(needs: JobsNeeds): JobsFeature {
  const { showBoard, controls: boardControls } = boardFeature(needs);
  return {
    ...jobSuggestions(needs),
    showBoard,
    show: (idOrRef, call) => needs.jobAnswers.show(idOrRef, call),
    showFamily: (idOrRef, caller) => showFamily(needs, idOrRef, caller),
    askToCancel: (idOrRef, caller) => askToCancel(needs, idOrRef, caller),
    controls: [...boardControls, ...familyControls(needs), ...jobControls(needs), ...shareControls(needs)],
    messageCommands: [jobDetails(needs)],
  };
}
