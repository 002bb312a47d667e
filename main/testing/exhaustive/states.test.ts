/** A fixed slice of the exhaustive check of the planner: every state of one name, and every 499th state of two names, each with a death after every effect (F01, F03, F31, F35, F61). */
import { describe, expect, it } from 'vitest';
import { checkOnePath, checkPairs, checkState, type StatesSeen } from './check-states.ts';
import { emptyModel, placeOne } from './states.ts';

const none = (): StatesSeen => ({ cases: 0, failures: [] });

describe('the planner on every state', () => {
  it('ends, agrees within four cycles and loses nothing from every state of one name, dead after any effect (F01, F03)', () => {
    const seen = none();
    checkOnePath(seen);
    expect(seen.failures).toEqual([]);
    expect(seen.cases).toBeGreaterThan(1000);
  });
  it('does so for siblings, parent and child, a renamed file and a pair of case (F31, F35, F61)', () => {
    const seen = none();
    checkPairs(3, 499, seen);
    expect(seen.failures).toEqual([]);
    expect(seen.cases).toBeGreaterThan(3000);
  });
  it('would notice an engine that throws away what is in the place, and one that never ends', () => {
    const both = () => {
      const model = emptyModel();
      placeOne(model, 5 * 6 + 4, 'a', 11n);
      return model;
    };
    const careless = none();
    checkState(both, 'two edits', careless, (model) => {
      model.there.clear();
      return 0;
    });
    expect(careless.failures[0]).toContain('W is lost');
    const restless = none();
    checkState(both, 'two edits', restless, () => 1);
    expect(restless.failures[0]).toContain('still busy after 4 cycles');
  });
});
