import type { Control, Form } from '../core/handlers.ts';
import { type LogHandlers, type LogNeeds, logHandlers } from './log-handlers.ts';
import { type MemberHandlers, type MemberNeeds, memberHandlers } from './member-handlers.ts';
import { modControls } from './mod-controls.ts';
import { type ReviewNeeds, reviewControls, reviewForms } from './review-controls.ts';
import { type SettingHandlers, type SettingNeeds, settingHandlers } from './setting-handlers.ts';

export type ModerationNeeds = SettingNeeds & LogNeeds & MemberNeeds & ReviewNeeds;

/** `/mod` and what is under its replies, under reviews and under alerts. */
export interface ModerationFeature {
  readonly settings: SettingHandlers;
  readonly log: LogHandlers;
  readonly members: MemberHandlers;
  readonly controls: readonly Control[];
  readonly forms: readonly Form[];
}

export function moderationFeature(needs: ModerationNeeds): ModerationFeature {
  const settings = settingHandlers(needs);
  const log = logHandlers(needs);
  const members = memberHandlers(needs);
  const controls = [...modControls({ settings, log, members }), ...reviewControls(needs)];
  return { settings, log, members, controls, forms: reviewForms(needs) };
}
