/** Compares two texts in a worker and hands over the rows; null while it works. */
import { useEffect, useState } from 'react';
import type { ConflictSides } from '../../../shared/api/contract.ts';
import type { Compared, Texts } from './compare-texts.ts';

export function useCompared(sides: ConflictSides | null): Compared | null {
  const [compared, setCompared] = useState<Compared | null>(null);
  const base = sides?.base?.text ?? null;
  const mine = sides?.mine?.text ?? null;
  const theirs = sides?.theirs?.text ?? null;
  useEffect(() => {
    if (mine === null || theirs === null) return undefined;
    const texts: Texts = { base, mine, theirs };
    if (typeof Worker === 'undefined') {
      let wanted = true;
      void import('./compare-texts.ts').then(({ compareTexts }) => {
        if (wanted) setCompared(compareTexts(texts));
      });
      return () => {
        wanted = false;
      };
    }
    const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = (event: MessageEvent<Compared>) => setCompared(event.data);
    worker.postMessage(texts);
    return () => worker.terminate();
  }, [base, mine, theirs]);
  return compared;
}
