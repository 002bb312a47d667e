/** The layers of a place as stacked slabs, disk on top; each slab is as wide as its share and carries its own words. */
import type { Storage } from '../../../shared/api/contract.ts';
import { tiers, type TierName } from '../../../shared/model/states.ts';
import { say } from '../../../shared/words/words.ts';
import { formatBytes } from '../../format/bytes.ts';
import styles from './storage-screen.module.css';

type Place = Storage['places'][number];
export interface Layer { readonly tier: TierName | 'disk'; readonly files: number; readonly bytes: number }

export function layersOf(place: Place): Layer[] {
  const held = new Map(place.tiers.map((each) => [each.tier, each]));
  return [
    { tier: 'disk' as const, files: place.onDiskFiles, bytes: place.onDiskBytes },
    ...tiers.map((tier) => ({ tier, files: held.get(tier)?.files ?? 0, bytes: held.get(tier)?.bytes ?? 0 })),
  ];
}

const slabPx = 30;
const gapPx = 14;
const depthPx = 8;
const labelPx = 104;
const widthPx = 400;
const layerName = (tier: Layer['tier']): string => (tier === 'disk' ? say('storage.disk') : say(`tier.${tier}`));

export function LayerPicture({ place }: { readonly place: Place }) {
  const layers = layersOf(place);
  const most = Math.max(...layers.map((layer) => layer.bytes), 1);
  const height = layers.length * (slabPx + gapPx) + depthPx;
  const words = layers.map((layer) => `${layerName(layer.tier)} ${formatBytes(layer.bytes)}`).join(', ');
  return (
    <svg className={styles['layers']} viewBox={`0 0 ${widthPx} ${height}`} role="img" aria-label={`${say('storage.layers', { place: place.place })}: ${words}`}>
      {layers.map((layer, at) => <Slab key={layer.tier} tier={layer.tier} y={at * (slabPx + gapPx) + depthPx} share={layer.bytes / most} bytes={layer.bytes} />)}
    </svg>
  );
}

/** A slab seen a little from above: its front and its top face, 2 px apart from its neighbours in every look. */
function Slab({ tier, y, share, bytes }: { readonly tier: Layer['tier']; readonly y: number; readonly share: number; readonly bytes: number }) {
  const full = widthPx - labelPx - depthPx - 2;
  const width = share === 0 ? 0 : Math.max(4, share * full);
  return (
    <g transform={`translate(${labelPx} 0)`}>
      <text x={-labelPx} y={y + 12} className={styles['slabName']}>{layerName(tier)}</text>
      <text x={-labelPx} y={y + 27} className={styles['slabBytes']}>{formatBytes(bytes)}</text>
      <rect x={1} y={y + 1} width={full} height={slabPx - 2} rx={3} className={styles['outline']} />
      {width > 0 && (
        <g className={styles[tier]}>
          <path d={`M1 ${y} l${depthPx} ${-depthPx} h${width} l${-depthPx} ${depthPx} z`} opacity={0.55} />
          <path d={`M${1 + width} ${y} l${depthPx} ${-depthPx} v${slabPx} l${-depthPx} ${depthPx} z`} opacity={0.75} />
          <rect x={1} y={y} width={width} height={slabPx} />
        </g>
      )}
    </g>
  );
}
