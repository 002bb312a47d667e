/** A tier as tint, own icon and word. */
import type { ReactNode } from 'react';
import type { TierName } from '../../shared/model/states.ts';
import { say } from '../../shared/words/words.ts';
import styles from './tier-badge.module.css';

const shapes: Readonly<Record<TierName | 'disk', ReactNode>> = {
  disk: <><rect x="2" y="4" width="12" height="8" rx="1.5" fill="none" /><path d="M2 8h12M11 10.2h1" /></>,
  warm: <><circle cx="8" cy="5.5" r="2.2" fill="none" /><path d="M8 1v.8M3.9 5.5h-.8M12.9 5.5h-.8M5 2.5l.5.5M11 2.5l-.5.5M2 12.5h12" /></>,
  cold: <><path d="M8 1.2v8.2M4.5 3.2l7 4.2M11.5 3.2l-7 4.2M2 12.5h12" /></>,
  archive: <><rect x="2" y="9.5" width="12" height="4.5" rx="1" fill="none" /><path d="M5.8 9.3V6.2a2.2 2.2 0 0 1 4.4 0v3.1" fill="none" /></>,
};

export function TierIcon({ tier }: { readonly tier: TierName | 'disk' }) {
  return <svg viewBox="0 0 16 16" width="16" height="16" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" aria-hidden="true">{shapes[tier]}</svg>;
}

export function TierBadge({ tier }: { readonly tier: TierName | 'disk' }) {
  return <span className={styles[tier]}><TierIcon tier={tier} />{tier === 'disk' ? say('residency.onDisk') : say(`tier.${tier}`)}</span>;
}
