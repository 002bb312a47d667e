/** The rules of what moves to the cold store, each as a sentence of fields, with what they would do shown while they are changed; nothing is written before Save. */
import { useEffect, useId, useState } from 'react';
import type { TierPlan, Tiers, TierSettings } from '../../../shared/api/contract.ts';
import { storageClasses } from '../../../shared/model/storage-classes.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { Button } from '../../components/button.tsx';
import field from '../../components/field.module.css';
import panel from '../../components/panel.module.css';
import { Sheet } from '../../components/sheet.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { formatMoney } from '../../format/money.ts';
import styles from './rules-sheet.module.css';

type Rule = TierSettings['rules'][number];
const megabyte = 1_000_000;
/** The service counts every file for a preview: it is asked when the hands are still. */
const stillMs = 500;

export function RulesSheet({ rootId, settings, onClose }: { readonly rootId: string; readonly settings: TierSettings; readonly onClose: (changed: Tiers | null) => void }) {
  const app = useApp();
  const id = useId();
  const [draft, setDraft] = useState(settings);
  const plan = usePreview(rootId, draft);
  const set = (change: Partial<TierSettings>): void => setDraft({ ...draft, ...change });
  const setRule = (at: number, change: Partial<Rule>): void => set({ rules: draft.rules.map((rule, index) => (index === at ? { ...rule, ...change } : rule)) });
  const save = async (): Promise<void> => {
    const changed = await app.act('writeTiers', { rootId, settings: draft }, say('rules.saved'));
    if (changed !== null) onClose(changed);
  };
  return (
    <Sheet wide title={say('rules.title')} onClose={() => onClose(null)} actions={<Button look="primary" type="submit" form={id}>{say('rules.save')}</Button>}>
      <form id={id} className={panel['stack']} onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}>
        <p className={field['hint']}>{say('rules.hint')}</p>
        <ol className={styles['rules']}>{draft.rules.map((rule, at) => <RuleFields key={at} rule={rule} onChange={(change) => setRule(at, change)} onRemove={() => set({ rules: draft.rules.filter((_, index) => index !== at) })} />)}</ol>
        <div className={panel['row']}><Button onClick={() => set({ rules: [...draft.rules, { name: say('rules.newName'), folder: '', pattern: null, unusedDays: 180, atLeastBytes: 0, storageClass: null }] })}>{say('rules.add')}</Button></div>
        <Paths label={say('rules.neverArchive')} paths={draft.neverArchive} onChange={(neverArchive) => set({ neverArchive })} />
        <Paths label={say('rules.keepWarm')} paths={draft.keepWarm} onChange={(keepWarm) => set({ keepWarm })} />
        <label className={field['check']}><input type="checkbox" checked={draft.deleteFromWarm} onChange={(event) => set({ deleteFromWarm: event.currentTarget.checked })} />{say('rules.deleteFromWarm')}</label>
        <label className={field['check']}><input type="checkbox" checked={draft.despiteFees} onChange={(event) => set({ despiteFees: event.currentTarget.checked })} />{say('rules.despiteFees')}</label>
      </form>
      <p className={styles['preview']}>{previewText(plan)}</p>
    </Sheet>
  );
}

export function usePreview(rootId: string, draft: TierSettings): TierPlan | null {
  const app = useApp();
  const [plan, setPlan] = useState<TierPlan | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const timer = setTimeout(() => {
      app.client.call('previewTiers', { rootId, settings: draft }).then((answer) => {
        if (isCurrent) setPlan(answer);
      }, () => {
        if (isCurrent) setPlan(null);
      });
    }, stillMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [app, rootId, draft]);
  return plan;
}
export function previewText(plan: TierPlan | null): string {
  if (plan === null) return say('rules.counting');
  if (plan.copies === 0 && plan.drops === 0) return say('move.nothing');
  const words = { count: plan.copies, bytes: formatBytes(plan.bytesToCopy) };
  if (plan.savesMonth === null || plan.currency === null) return say('move.would', words);
  const amount = formatMoney(Math.abs(plan.savesMonth), plan.currency);
  return `${say('move.would', words)} ${plan.savesMonth >= 0 ? say('rules.saves', { amount }) : say('rules.costs', { amount })}`;
}

function RuleFields({ rule, onChange, onRemove }: { readonly rule: Rule; readonly onChange: (change: Partial<Rule>) => void; readonly onRemove: () => void }) {
  return (
    <li>
      <fieldset className={styles['rule']}>
        <legend className="visually-hidden">{say('rules.one', { name: rule.name })}</legend>
        <label className={field['field']}><span className={field['label']}>{say('rules.name')}</span><input className={field['input']} required maxLength={60} value={rule.name} onChange={(event) => onChange({ name: event.currentTarget.value })} /></label>
        <label className={field['field']}><span className={field['label']}>{say('rules.folder')}</span><input className={field['input']} placeholder={say('rules.everywhere')} value={rule.folder} onChange={(event) => onChange({ folder: event.currentTarget.value })} /></label>
        <label className={field['field']}><span className={field['label']}>{say('rules.pattern')}</span><input className={field['input']} placeholder={say('rules.everyFile')} value={rule.pattern ?? ''} onChange={(event) => onChange({ pattern: event.currentTarget.value === '' ? null : event.currentTarget.value })} /></label>
        <label className={field['field']}><span className={field['label']}>{say('rules.unusedDays')}</span><input className={field['input']} type="number" min={0} max={36_500} value={rule.unusedDays} onChange={(event) => onChange({ unusedDays: Math.max(0, Math.round(Number(event.currentTarget.value))) })} /></label>
        <label className={field['field']}><span className={field['label']}>{say('rules.atLeast')}</span><input className={field['input']} type="number" min={0} value={rule.atLeastBytes / megabyte} onChange={(event) => onChange({ atLeastBytes: Math.max(0, Number(event.currentTarget.value) * megabyte) })} /></label>
        <label className={field['field']}><span className={field['label']}>{say('cost.class')}</span>
          <select className={field['select']} value={rule.storageClass ?? ''} onChange={(event) => onChange({ storageClass: storageClasses.find((name) => name === event.currentTarget.value) ?? null })}>
            <option value="">{say('rules.ownClass')}</option>
            {storageClasses.map((name) => <option key={name} value={name}>{name}</option>)}
          </select></label>
        <Button aria-label={say('rules.removeOne', { name: rule.name })} onClick={onRemove}>{say('rules.remove')}</Button>
      </fieldset>
    </li>
  );
}

/** One path a line: a file, or a folder with everything below. */
function Paths({ label, paths, onChange }: { readonly label: string; readonly paths: readonly string[]; readonly onChange: (paths: string[]) => void }) {
  return (
    <label className={field['field']}><span className={field['label']}>{label}</span>
      <textarea className={field['area']} rows={2} defaultValue={paths.join('\n')} onBlur={(event) => onChange(event.currentTarget.value.split('\n').map((line) => line.trim().replace(/^\/+|\/+$/g, '')).filter((line) => line !== ''))} /></label>
  );
}
