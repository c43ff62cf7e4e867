import type { Section } from '../../doctor/finding.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Answer } from '../core/answer.ts';
import type { Caller } from '../core/caller.ts';
import { onControl } from '../core/control.ts';
import type { Control } from '../core/handlers.ts';
import { refreshDoctor, toDoctorCard } from './doctor-card.ts';

export interface DoctorNeeds {
  /** Looks at everything that concerns a server; never rejects. */
  readonly examineServer: (guildId: string) => Promise<readonly Section[]>;
  readonly clock: Clock;
}

/** `/doctor` and its Refresh. */
export interface DoctorFeature {
  readonly show: (caller: Caller) => Promise<Answer>;
  readonly controls: readonly Control[];
}

export function doctorFeature({ examineServer, clock }: DoctorNeeds): DoctorFeature {
  const underWay = new Map<string, Promise<readonly Section[]>>();
  // A look writes, lists and fetches: whoever clicks often gets the one that is under way.
  const examineOnce = (guildId: string) => {
    const known = underWay.get(guildId);
    if (known !== undefined) return known;
    const looking = examineServer(guildId).finally(() => underWay.delete(guildId));
    underWay.set(guildId, looking);
    return looking;
  };
  const show = async ({ guildId }: Caller) => ({ message: toDoctorCard(await examineOnce(guildId), clock.now()) });
  return { show, controls: [onControl(refreshDoctor, ({ caller }) => show(caller))] };
}
