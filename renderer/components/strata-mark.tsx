/** The strata mark: four stacked bars (disk, warm, cold, archive) that show where bytes are; it is also the logo. */
import type { Row } from '../../shared/api/contract.ts';
import type { Residency, TierName } from '../../shared/model/states.ts';
import { say } from '../../shared/words/words.ts';
import styles from './strata-mark.module.css';

export type BarFill = 'full' | 'half' | 'none';
export interface MarkBars { readonly disk: BarFill; readonly warm: BarFill; readonly cold: BarFill; readonly archive: BarFill }

export function barsOf({ residency, tier, state }: Pick<Row, 'residency' | 'tier' | 'state'>): MarkBars {
  const tierBar = (name: TierName): BarFill => (tier === name ? 'full' : 'none');
  const here = residency !== 'notOnDisk';
  return {
    disk: state === 'downloading' ? 'half' : here ? 'full' : 'none',
    warm: state === 'uploading' || (tier === null && state === 'waiting') ? 'half' : tierBar('warm'),
    cold: tierBar('cold'), archive: tierBar('archive'),
  };
}

export function markWords({ residency, tier, state }: { residency: Residency; tier: TierName | null; state: Row['state'] }): string {
  const disk = say(`residency.${residency}`);
  const tierWord = say(`tier.${tier ?? 'warm'}`).toLowerCase();
  if (state === 'downloading') return say('mark.onTheWayDown', { tier: tierWord });
  if (state === 'uploading') return say('mark.onTheWay', { where: disk, tier: tierWord });
  if (tier === null) return residency === 'notOnDisk' ? say('mark.nowhere') : say('mark.diskOnly', { disk });
  if (residency !== 'notOnDisk') return say('mark.both', { disk, tier: tierWord });
  return tier === 'archive' ? say('mark.archive') : say('mark.tierOnly', { tier: tierWord });
}

const rows = [['disk', 1.25], ['warm', 5], ['cold', 8.75], ['archive', 12.5]] as const;

export function StrataMark({ bars, label, locked = false }: { readonly bars: MarkBars; readonly label: string; readonly locked?: boolean }) {
  return (
    <svg className={styles['mark']} viewBox="0 0 16 16" width="16" height="16" role="img" aria-label={label}>
      <title>{label}</title>
      {rows.map(([name, y]) => <Bar key={name} name={name} y={y} fill={bars[name]} />)}
      {locked && <path className={styles['lock']} d="M6.6 13.4v-.7a1.4 1.4 0 0 1 2.8 0v.7h.4v2H6.2v-2z" />}
    </svg>
  );
}

function Bar({ name, y, fill }: { readonly name: keyof MarkBars; readonly y: number; readonly fill: BarFill }) {
  if (fill === 'half') {
    return (
      <g className={styles[name]}>
        {[2, 5.2, 8.4, 11.6].map((x) => <rect key={x} x={x} y={y} width={2.4} height={2.5} rx={0.6} />)}
      </g>
    );
  }
  return fill === 'full'
    ? <rect className={styles[name]} x={2} y={y} width={12} height={2.5} rx={1} />
    : <rect className={styles['empty']} x={2.5} y={y + 0.5} width={11} height={1.5} rx={0.75} />;
}

/** The logo: all four layers, in the text colour. */
export function Logo({ size = 20 }: { readonly size?: number }) {
  return (
    <svg viewBox="0 0 16 16" width={size} height={size} fill="currentColor" aria-hidden="true">
      {rows.map(([name, y]) => <rect key={name} x={2} y={y} width={12} height={2.5} rx={1} />)}
    </svg>
  );
}
