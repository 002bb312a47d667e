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
  const [isAsking, setIsAsking] = useState(false);
  const what = { rootId: row.rootId, paths: [row.path] };
  const ask = {
    freeUp: () => app.act('evict', what, null), bringBack: () => app.act('fetchEntries', what, null),
    keepHere: () => app.act('pin', { ...what, pinned: true }, null), letGo: () => app.act('pin', { ...what, pinned: false }, null),
  } as const;
  const act = async (how: Act): Promise<void> => {
    if (how === 'thaw') return setIsAsking(true);
    setIsBusy(true);
    const answer = await ask[how]();
    setIsBusy(false);
    if (answer === null) return;
    app.notices.say(say(`residency.done.${how}`, { size: formatBytes(answer.bytes), files: answer.files }));
    const [first] = answer.left;
    if (first !== undefined) app.notices.say(say('residency.left', { files: answer.left.length, path: first.path, why: first.reason.sentence }), { alert: true });
  };
  return (
    <>
      {actsFor(row).map((how) => <Button key={how} disabled={isBusy} onClick={() => void act(how)}>{say(`do.${how}`)}</Button>)}
      {isAsking && <BringBackSheet rootId={row.rootId} paths={[row.path]} onClose={() => setIsAsking(false)} />}
    </>
  );
}
