/** Search, filters by state and tier, the count, and the switch for details. */
import { PanelRight, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { entryStates, tiers, type EntryState, type TierName } from '../../../shared/model/states.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp, useRoute, useView } from '../../app/app-context.tsx';
import { useShortcuts } from '../../app/ui-context.tsx';
import { Button } from '../../components/button.tsx';
import fieldStyles from '../../components/field.module.css';
import styles from './files-toolbar.module.css';

const typingPauseMs = 150;

export function FilesToolbar({ inspecting, onInspect }: { readonly inspecting: boolean; readonly onInspect: () => void }) {
  const { route } = useApp();
  const state = useRoute((current) => current.state);
  const tier = useRoute((current) => current.tier);
  const count = useView((view) => view.count);
  return (
    <div className={styles['bar']}>
      <SearchField />
      <select className={fieldStyles['select']} aria-label={say('files.filterState')} value={state ?? ''} onChange={(event) => route.go({ state: (event.currentTarget.value || null) as EntryState | null })}>
        <option value="">{say('files.anyState')}</option>
        {entryStates.map((name) => <option key={name} value={name}>{say(`state.${name}`)}</option>)}
      </select>
      <select className={fieldStyles['select']} aria-label={say('files.filterTier')} value={tier ?? ''} onChange={(event) => route.go({ tier: (event.currentTarget.value || null) as TierName | null })}>
        <option value="">{say('files.anyTier')}</option>
        {tiers.map((name) => <option key={name} value={name}>{say(`tier.${name}`)}</option>)}
      </select>
      <span className={styles['count']}>{count === null ? '' : say('files.count', { count })}</span>
      <Button look="icon" aria-pressed={inspecting} aria-label={say('files.details')} title={say('files.details')} onClick={onInspect}><PanelRight size={16} aria-hidden="true" /></Button>
    </div>
  );
}

function SearchField() {
  const { route } = useApp();
  const search = useRoute((state) => state.search);
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(search);
  const sent = useRef(search);
  if (search !== sent.current && search !== text) {
    sent.current = search;
    setText(search);
  }
  useEffect(() => {
    if (text === search) return undefined;
    const timer = setTimeout(() => {
      sent.current = text;
      route.go({ search: text, entry: null }, search === '' ? 'push' : 'replace');
    }, typingPauseMs);
    return () => clearTimeout(timer);
  }, [text, search, route]);
  const focusField = (): void => field.current?.select();
  useShortcuts([{ keys: '/', run: focusField }, { keys: 'Mod+F', inFields: true, run: focusField }]);
  return (
    <div className={styles['search']} role="search">
      <Search size={16} aria-hidden="true" className={styles['glass']} />
      <input ref={field} type="text" inputMode="search" className={styles['field']} aria-label={say('files.search')} placeholder={say('files.search')} value={text} maxLength={400} spellCheck={false} autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)} onKeyDown={(event) => {
          if (event.key === 'Escape') setText('');
        }} />
      {text !== '' && <Button look="icon" className={styles['clear']} aria-label={say('files.clearSearch')} onClick={() => {
        setText('');
        field.current?.focus();
      }}><X size={14} aria-hidden="true" /></Button>}
    </div>
  );
}
