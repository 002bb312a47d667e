/** Every shortcut in one dialog, with key caps. */
import { say, type WordId } from '../../shared/words/words.ts';
import { Sheet } from '../components/sheet.tsx';
import { everywhereKeys, listKeys, type ShortcutLine } from '../keyboard/shortcut-table.ts';
import { useApp } from './app-context.tsx';
import styles from './shortcut-dialog.module.css';

export function ShortcutDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Sheet wide title={say('keys.title')} onClose={onClose}>
      <div className={styles['groups']} tabIndex={0} role="region" aria-label={say('keys.title')}>
        <Group word="keys.everywhere" lines={everywhereKeys} />
        <Group word="keys.inList" lines={listKeys} />
      </div>
    </Sheet>
  );
}

function Group({ word, lines }: { readonly word: WordId; readonly lines: readonly ShortcutLine[] }) {
  const { mac } = useApp();
  const cap = (key: string): string => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : key === 'Alt' && mac ? '⌥' : key);
  return (
    <section>
      <h3>{say(word)}</h3>
      <dl className={styles['keys']}>
        {lines.map((line) => (
          <div key={line.word}>
            <dt>{say(line.word)}</dt>
            <dd>{line.keys.map((combination) => <span key={combination.join('+')} className={styles['combination']}>{combination.map((key) => <kbd key={key}>{cap(key)}</kbd>)}</span>)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
