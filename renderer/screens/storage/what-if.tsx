/** What if: one rule as three sliders, with what it would move and save shown while they are dragged; nothing is written. */
import { useId, useState } from 'react';
import type { TierSettings } from '../../../shared/api/contract.ts';
import { storageClasses, type StorageClass } from '../../../shared/model/storage-classes.ts';
import { say } from '../../../shared/words/words.ts';
import field from '../../components/field.module.css';
import panel from '../../components/panel.module.css';
import { formatBytes } from '../../format/bytes.ts';
import { previewText, usePreview } from './rules-sheet.tsx';
import styles from './what-if.module.css';

/** Sizes go by powers of ten in thirds, so that small and large ones are equally easy to reach. */
const sizeOf = (step: number): number => (step === 0 ? 0 : Math.round(1000 * 10 ** (step / 3)));
const mostSizeStep = 19;

export function WhatIf({ rootId, settings }: { readonly rootId: string; readonly settings: TierSettings }) {
  const id = useId();
  const [days, setDays] = useState(180);
  const [sizeStep, setSizeStep] = useState(0);
  const [storageClass, setClass] = useState<StorageClass | null>(null);
  const [dropsWarm, setDropsWarm] = useState(true);
  const draft = draftOf(settings, { days, bytes: sizeOf(sizeStep), storageClass, dropsWarm });
  const plan = usePreview(rootId, draft);
  return (
    <div className={panel['stack']}>
      <div className={styles['sliders']}>
        <label className={field['field']} htmlFor={`${id}-days`}><span className={field['label']}>{say('whatIf.days', { days })}</span><input id={`${id}-days`} type="range" min={0} max={1095} step={15} value={days} onChange={(event) => setDays(Number(event.currentTarget.value))} /></label>
        <label className={field['field']} htmlFor={`${id}-size`}><span className={field['label']}>{sizeStep === 0 ? say('whatIf.anySize') : say('whatIf.size', { bytes: formatBytes(sizeOf(sizeStep)) })}</span><input id={`${id}-size`} type="range" min={0} max={mostSizeStep} step={1} value={sizeStep} aria-valuetext={formatBytes(sizeOf(sizeStep))} onChange={(event) => setSizeStep(Number(event.currentTarget.value))} /></label>
        <label className={field['field']}><span className={field['label']}>{say('cost.class')}</span>
          <select className={field['select']} value={storageClass ?? ''} onChange={(event) => setClass(storageClasses.find((name) => name === event.currentTarget.value) ?? null)}>
            <option value="">{say('rules.ownClass')}</option>
            {storageClasses.map((name) => <option key={name} value={name}>{name}</option>)}
          </select></label>
        <label className={field['check']}><input type="checkbox" checked={dropsWarm} onChange={(event) => setDropsWarm(event.currentTarget.checked)} />{say('rules.deleteFromWarm')}</label>
      </div>
      <p className={styles['answer']}>{previewText(plan)}</p>
      <p className={panel['small']}>{say('whatIf.hint')}</p>
    </div>
  );
}

export function draftOf(settings: TierSettings, wish: { readonly days: number; readonly bytes: number; readonly storageClass: StorageClass | null; readonly dropsWarm: boolean }): TierSettings {
  return { ...settings, deleteFromWarm: wish.dropsWarm, rules: [{ name: say('whatIf.title').slice(0, 60), folder: '', pattern: null, unusedDays: wish.days, atLeastBytes: wish.bytes, storageClass: wish.storageClass }] };
}
