/** The commands about what a member prefers; the hub keeps it, so that it is the same in every browser. */
import { z } from 'zod';
import { row } from './contract-row.ts';

export const preferencesSchema = z.object({
  look: z.enum(['system', 'light', 'dark']),
  /** How a folder is ordered where nothing else was chosen. */
  sort: z.enum(['newest', 'name', 'size']), descending: z.boolean(),
  /** The browser says so when uploads have ended while the page is out of sight. */
  notify_uploads: z.boolean(),
  /** A letter after a log-in from a device that was not seen before, where mail is set up. */
  mail_new_device: z.boolean(),
});

export const preferenceContract = {
  readPreferences: row('GET', '/preferences', 'reader', 'What one prefers: look, order, and what one is told.', z.object({}).strict(), preferencesSchema),
  writePreferences: row('PUT', '/preferences', 'reader', 'Changes what one prefers; what isn’t named stays.', preferencesSchema.partial().strict(), preferencesSchema),
} as const;
