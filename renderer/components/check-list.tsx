/** Checks as a list: a tick, or what was found in a sentence. */
import { Check, CircleDashed, Info, TriangleAlert } from 'lucide-react';
import type { Doctor } from '../../shared/api/contract.ts';
import { say } from '../../shared/words/words.ts';
import styles from './check-list.module.css';

const icons = { ok: Check, warning: Info, problem: TriangleAlert, notTried: CircleDashed } as const;

/** What was not tried is said once, not once per check. */
function worthSaying(checks: Doctor['checks']): Doctor['checks'] {
  return checks.filter((check, at) => check.outcome !== 'notTried' || checks.findIndex((other) => other.outcome === 'notTried' && other.sentence === check.sentence) === at);
}

export function CheckList({ checks, label }: { readonly checks: Doctor['checks']; readonly label: string }) {
  return (
    <ul className={styles['checks']} aria-label={label}>
      {worthSaying(checks).map((check) => {
        const Icon = icons[check.outcome];
        return (
          <li key={check.check} className={styles[check.outcome]}>
            <Icon size={16} strokeWidth={2} role="img" aria-label={say(`check.${check.outcome}`)} />
            <span>{check.sentence}</span>
          </li>
        );
      })}
    </ul>
  );
}
