/** Free up space on this computer, bring back, and keep here: what can be done about where an entry's bytes are. */
import { useState } from 'react';
import type { Row } from '../../../shared/api/contract.ts';
import { say } from '../../../shared/words/words.ts';
import { useApp } from '../../app/app-context.tsx';
import { BringBackSheet } from '../../components/bring-back-sheet.tsx';
import { Button } from '../../components/button.tsx';
import { formatBytes } from '../../format/bytes.ts';

type Act = 'freeUp' | 'bringBack' | 'keepHere' | 'letGo' | 'thaw';

/** What makes sense for the entry; of a folder nobody knows without looking below it. */
export function actsFor(row: Pick<Row, 'kind' | 'residency' | 'tier' | 'state'>): readonly Act[] {
  if (row.state === 'skipped' || row.tier === null) return [];
  if (row.residency === 'alwaysOnDisk') return ['letGo'];
  // What is archived has to be brought back in the place first.
  if (row.residency === 'notOnDisk') return row.tier === 'archive' ? ['thaw'] : ['bringBack', 'keepHere'];
  if (row.kind === 'folder') return ['freeUp', 'bringBack', 'keepHere'];
  return row.state === 'upToDate' && row.tier !== 'archive' ? ['freeUp', 'keepHere'] : ['keepHere'];
}

export function ResidencyButtons({ row }: { readonly row: Row }) {
  const app = useApp();
  const [isBusy, setIsBusy] = useState(false);
  // What it was opened for: the row beside it may be another by the time somebody answers.
  const [asking, setAsking] = useState<{ readonly rootId: string; readonly paths: string[] } | null>(null);
  const what = { rootId: row.rootId, paths: [row.path] };
  const ask = {
    freeUp: () => app.act('evict', what, null), bringBack: () => app.act('fetchEntries', what, null),
    keepHere: () => app.act('pin', { ...what, pinned: true }, null), letGo: () => app.act('pin', { ...what, pinned: false }, null),
  } as const;
  const act = async (how: Act): Promise<void> => {
    if (how === 'thaw') return setAsking(what);
    setIsBusy(true);
    const answer = await ask[how]();
    setIsBusy(false);
    if (answer === null) return;
    // Of a folder the archived ones have a price and a time, and are asked about at once.
    const isArchived = how === 'bringBack' && answer.left.some((one) => one.reason.code === 'object_archived');
    if (isArchived) setAsking(what);
    if (!isArchived || answer.files > 0) app.notices.say(say(`residency.done.${how}`, { size: formatBytes(answer.bytes), files: answer.files }));
    const left = answer.left.filter((one) => how !== 'bringBack' || one.reason.code !== 'object_archived');
    const [first] = left;
    if (first !== undefined) app.notices.say(say('residency.left', { files: left.length, path: first.path, why: first.reason.sentence }), { alert: true });
  };
  return (
    <>
      {actsFor(row).map((how) => <Button key={how} disabled={isBusy} onClick={() => void act(how)}>{say(`do.${how}`)}</Button>)}
      {asking !== null && <BringBackSheet {...asking} onClose={() => setAsking(null)} />}
    </>
  );
}
