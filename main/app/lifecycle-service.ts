/** A bucket's own rules as a use-case: what they do with the files of one library and when, and Strata's own among them. */
import type { OutputOf } from '../../shared/api/contract.ts';
import { ownLifecycleOf, prefixInLibrary, type LifecycleRule, type OwnLifecycle } from '../../shared/model/lifecycle.ts';
import { AppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { RootId } from '../sync/index-port.ts';
import type { Places } from './ports.ts';
import { coldSecretNameOf, secretNameOf, type RootRegistry } from './root-registry.ts';

type Side = 'warm' | 'cold';
interface Touched {
  readonly files: number;
  readonly bytes: number;
  readonly dueFiles: number;
  readonly dueBytes: number;
}
export interface LifecycleDeps {
  readonly registry: RootRegistry;
  readonly places: Pick<Places, 'parse' | 'readLifecycle' | 'writeLifecycle'>;
  readonly touched: (rootId: RootId, range: { readonly side: Side; readonly prefix: string; readonly overBytes: number | null; readonly underBytes: number | null; readonly beforeMs: number | null }) => Touched;
  readonly clock: Pick<Clock, 'nowMs'>;
}
const dayMs = 86_400_000;

export class LifecycleService {
  readonly #deps: LifecycleDeps;
  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  /** Throws `lifecycle_unsupported` where the place knows no such rules. */
  async read(rootId: string, side: Side): Promise<OutputOf<'readLifecycle'>> {
    const at = this.#placeOf(rootId, side);
    const { rules, version, prefix } = await this.#deps.places.readLifecycle(at.address, at.request);
    const own = ownLifecycleOf(rules, prefix);
    return {
      place: this.#deps.places.parse(at.address).name, version, own: { archive: own.archive, abortUploadsAfterDays: own.abortUploadsAfterDays },
      rules: rules.map((rule) => ({ ...rule, moves: rule.moves.map((move) => ({ ...move })), touches: this.#touches(at.id, side, rule, prefix) })),
    };
  }
  /** Throws `stale` when the rules are others by now than were shown. */
  async write(rootId: string, side: Side, own: OwnLifecycle, version: string): Promise<OutputOf<'readLifecycle'>> {
    const at = this.#placeOf(rootId, side);
    await this.#deps.places.writeLifecycle(at.address, { ...at.request, own, version });
    return this.read(rootId, side);
  }

  #placeOf(rootId: string, side: Side) {
    const record = this.#deps.registry.record(rootId);
    const address = side === 'warm' ? record.address : record.coldAddress;
    if (address === null) throw new AppError('no_cold_store', { root: record.name });
    if (record.libraryId === null) throw new AppError('stale');
    const secretName = side === 'warm' ? secretNameOf(record.id) : coldSecretNameOf(record.id);
    return { id: record.id, address, request: { keys: null, secretName, trustedCertificate: side === 'warm' ? record.trustedCertificate : null, libraryId: record.libraryId } };
  }
  #touches(id: RootId, side: Side, rule: LifecycleRule, libraryPrefix: string): OutputOf<'readLifecycle'>['rules'][number]['touches'] {
    const prefix = prefixInLibrary(rule.prefix, libraryPrefix);
    if (prefix === null) return null;
    const days = [...rule.moves.flatMap((move) => move.afterDays ?? []), ...(rule.deletesAfterDays === null ? [] : [rule.deletesAfterDays])];
    const beforeMs = !rule.isEnabled || days.length === 0 ? null : this.#deps.clock.nowMs() - Math.min(...days) * dayMs;
    return { folder: prefix, ...this.#deps.touched(id, { side, prefix, overBytes: rule.overBytes, underBytes: rule.underBytes, beforeMs }) };
  }
}
