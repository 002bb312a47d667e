/** The settings: defaults, kept as one JSON in the index, saved at once, each change can be taken back. */
import { settingsSchema, type Settings } from '../../shared/api/contract.ts';
import { AppError } from '../base/app-error.ts';
import type { Index } from '../sync/index-port.ts';
import type { UndoTokens } from './undo-tokens.ts';

const name = 'settings';
const deviceNameLength = 60;

export interface SettingsDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting'>;
  readonly undo: UndoTokens;
  readonly defaultDeviceName: string;
  readonly onChange: (settings: Settings) => void;
}

export class SettingsService {
  readonly #deps: SettingsDeps;
  #now: Settings;

  constructor(deps: SettingsDeps) {
    this.#deps = deps;
    this.#now = kept(deps);
  }

  read(): Settings {
    return this.#now;
  }

  write(wish: Partial<Settings>): { settings: Settings; undo: string | null } {
    const before = this.#now;
    const changed = (Object.keys(wish) as (keyof Settings)[]).filter((key) => wish[key] !== undefined && wish[key] !== before[key]);
    if (changed.length === 0) return { settings: before, undo: null };
    this.#save({ ...before, ...wish });
    // Only what this change touched goes back: another change made since stays.
    const old = Object.fromEntries(changed.map((key) => [key, before[key]]));
    return { settings: this.#now, undo: this.#deps.undo.give(() => this.#save({ ...this.#now, ...old })) };
  }

  #save(wish: Settings): void {
    const parsed = settingsSchema.safeParse({ ...wish, deviceName: wish.deviceName.trim() });
    if (!parsed.success) throw new AppError('bad_request', { detail: parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ') });
    this.#now = parsed.data;
    this.#deps.index.setSetting(name, JSON.stringify(parsed.data));
    this.#deps.onChange(parsed.data);
  }
}

function kept(deps: SettingsDeps): Settings {
  const defaults: Settings = {
    deviceName: deps.defaultDeviceName.slice(0, deviceNameLength) || 'This computer', theme: 'system', upBytesPerSecond: 0, downBytesPerSecond: 0, concurrency: 16,
    notifyNeedsYou: true, notifyBackFromArchive: true, notifyJobDone: true, notifyUnreachable: true, openAtLogin: false, trashDays: 30, language: 'en',
  };
  const text = deps.index.setting(name);
  if (text === null) return defaults;
  try {
    // Field by field: one value that a newer or older Strata wrote otherwise does not lose the rest.
    const found = JSON.parse(text) as Record<string, unknown>;
    const good = Object.entries(settingsSchema.shape).flatMap(([key, schema]) => {
      const parsed = schema.safeParse(found[key]);
      return parsed.success ? [[key, parsed.data] as const] : [];
    });
    return { ...defaults, ...Object.fromEntries(good) };
  } catch {
    return defaults;
  }
}
