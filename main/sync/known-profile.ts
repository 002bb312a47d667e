/** What a store can do, found by doing; asked again after a day, or when it was never asked. */
import type { Index } from './index-port.ts';
import type { Clock, RemoteStore, StoreProfile } from './ports.ts';

const profileLifetimeMs = 24 * 3_600_000;

export interface ProfileDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting'>;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** `beforeProbe`: probing writes, so whoever must not write into a wrong place looks first. Throws what the store throws. */
export async function knownProfile(deps: ProfileDeps, store: RemoteStore, beforeProbe: () => Promise<void> = () => Promise.resolve()): Promise<StoreProfile> {
  const name = `profile:${store.description.identity}`;
  const kept = deps.index.setting(name);
  if (kept !== null) {
    const profile = JSON.parse(kept) as StoreProfile;
    if (deps.clock.nowMs() - profile.probedAtMs < profileLifetimeMs && profile.probedAtMs <= deps.clock.nowMs()) return profile;
  }
  await beforeProbe();
  const profile = await store.probe();
  deps.index.setSetting(name, JSON.stringify(profile));
  return profile;
}
