/** What storing costs, per place and class, by Strata's table of prices or the user's own. */
import { priceTableSchema, type PriceTable } from '../../shared/api/prices.ts';
import type { Cost } from '../../shared/api/contract.ts';
import type { Index, RootId } from '../sync/index-port.ts';
import { monthCost, oldestDate, tableFor, type ClassUse } from '../tiers/cost.ts';
import type { Places } from './ports.ts';
import type { RootRegistry } from './root-registry.ts';
import type { UndoTokens } from './undo-tokens.ts';

export interface CostDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting'>;
  readonly registry: Pick<RootRegistry, 'record' | 'list'>;
  readonly places: Pick<Places, 'parse'>;
  readonly undo: UndoTokens;
  /** What lies in one of a folder's stores, by class. */
  readonly usesOf: (rootId: RootId, side: Side) => readonly ClassUse[];
}
type Side = 'warm' | 'cold';

export class CostService {
  readonly #deps: CostDeps;
  constructor(deps: CostDeps) {
    this.#deps = deps;
  }

  read(): Cost {
    const places: Cost['places'] = [];
    for (const { id } of this.#deps.registry.list()) {
      for (const side of ['warm', 'cold'] as const) {
        const address = this.#address(id, side);
        if (address === null) continue;
        const uses = this.#deps.usesOf(id, side).map((use) => ({ ...use }));
        const [prices, own] = [this.table(id, side), this.#entered(id, side)];
        places.push({
          rootId: id, side, place: this.#deps.places.parse(address).name, uses, month: prices === null ? null : monthCost(uses, prices),
          currency: prices?.currency ?? null, prices, pricesDate: prices === null ? null : oldestDate(prices), isEdited: own !== null, isBucket: this.#deps.places.parse(address).kind === 's3',
        });
      }
    }
    return { places };
  }
  /** The user's own table, else Strata's; null where neither knows the place. */
  table(rootId: string, side: Side): PriceTable | null {
    const address = this.#address(rootId, side);
    return this.#entered(rootId, side) ?? (address === null ? null : tableFor(address));
  }
  write(rootId: string, side: Side, prices: PriceTable | null): { undo: string | null } {
    const { id } = this.#deps.registry.record(rootId);
    const before = this.#deps.index.setting(settingName(id, side));
    const put = (text: string): void => this.#deps.index.setSetting(settingName(id, side), text);
    put(prices === null ? '' : JSON.stringify(prices));
    return { undo: this.#deps.undo.give(() => put(before ?? '')) };
  }

  #address(rootId: string, side: Side): string | null {
    const record = this.#deps.registry.record(rootId);
    return side === 'warm' ? record.address : record.coldAddress;
  }
  #entered(rootId: string, side: Side): PriceTable | null {
    const text = this.#deps.index.setting(settingName(rootId, side));
    if (text === null || text === '') return null;
    const found = priceTableSchema.safeParse(JSON.parse(text));
    return found.success ? found.data : null;
  }
}
/** Ends in the folder's id, as every setting that goes with its folder. */
const settingName = (rootId: string, side: Side): string => `prices:${side}:${rootId}`;
