/** What a member prefers, kept by the hub so that it is the same in every browser; what nobody has chosen yet is as written here. */
import { z } from 'zod';
import type { OutputOf } from '../../shared/api/contract.ts';
import { preferencesSchema } from '../../shared/api/preference-contract.ts';
import type { Handlers } from './handlers.ts';
import { userOf } from './hub-callers.ts';

export type Preferences = OutputOf<'readPreferences'>;
export const usualPreferences: Preferences = { look: 'system', sort: 'name', descending: false, notify_uploads: false, mail_new_device: true };
/** Texts of JSON, by account. */
export interface PreferenceRecords {
  preferencesOf(userId: number): Promise<string | null>;
  setPreferences(userId: number, text: string, at: string): Promise<void>;
}
type PreferenceHandlers = Pick<Handlers, 'readPreferences' | 'writePreferences'>;

export async function preferencesOf(records: PreferenceRecords, userId: number): Promise<Preferences> {
  const kept = await records.preferencesOf(userId);
  if (kept === null) return usualPreferences;
  // One value that an older or newer Strata wrote must not take the others along.
  const known = z.record(z.string(), z.unknown()).safeParse(JSON.parse(kept)).data ?? {};
  const fitting = Object.entries(preferencesSchema.shape).flatMap(([name, schema]) => {
    const value = schema.safeParse(known[name]);
    return value.success ? [[name, value.data] as const] : [];
  });
  return { ...usualPreferences, ...Object.fromEntries(fitting) };
}

export function preferenceHandlers(records: PreferenceRecords, now: () => string): PreferenceHandlers {
  return {
    readPreferences: (_, caller) => preferencesOf(records, userOf(caller).id),
    writePreferences: async (change, caller) => {
      const { id } = userOf(caller);
      const kept = await preferencesOf(records, id);
      const whole: Preferences = {
        look: change.look ?? kept.look, sort: change.sort ?? kept.sort, descending: change.descending ?? kept.descending,
        notify_uploads: change.notify_uploads ?? kept.notify_uploads, mail_new_device: change.mail_new_device ?? kept.mail_new_device,
      };
      await records.setPreferences(id, JSON.stringify(whole), now());
      return whole;
    },
  };
}
