/** "Share on my network": what is shared is kept in the index, turned on and off by this computer's owner alone, and never keeps Strata itself from starting. */
import { z } from 'zod';
import type { InputOf, OutputOf } from '../../shared/api/contract.ts';
import { sharingCertificateSchema } from '../../shared/api/sharing-contract.ts';
import { AppError, asAppError } from '../base/app-error.ts';
import type { Clock } from '../base/clock.ts';
import type { Index } from '../sync/index-port.ts';
import type { Logger } from '../sync/ports.ts';
import type { HubSwitch, RunningHub } from './hub-switch.ts';
import type { RootRegistry } from './root-registry.ts';

const recordSchema = z.object({
  enabled: z.boolean(), rootId: z.string(), ownerId: z.number().int().nullable(), ownerEmail: z.string(), membersPlace: z.string(),
  port: z.number().int(), certificate: sharingCertificateSchema,
});
export type SharingRecord = z.output<typeof recordSchema>;

export interface SharingDeps {
  readonly index: Pick<Index, 'setting' | 'setSetting'>;
  readonly registry: RootRegistry;
  readonly hub: HubSwitch;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Then it is the environment's, and nothing is changed here. */
  readonly bySettings: boolean;
  /** Where members' files go when nothing else is said: beside the folder's place, never in it. */
  readonly membersPlaceFor: (rootId: string) => string;
  /** Opens stores and database; `ownerId` may be told later. The first time what is missing is made. */
  readonly openHub: (record: SharingRecord, ownerId: () => number | null, isFirst: boolean) => Promise<RunningHub>;
}
const name = 'sharing';
/** The answer goes out first: the door that carries it closes. */
const afterAnswerMs = 100;

export class SharingService {
  readonly #deps: SharingDeps;
  #problem: AppError | null = null;
  #unsubscribe: () => void = () => undefined;
  constructor(deps: SharingDeps) {
    this.#deps = deps;
  }

  /** At the start of Strata. */
  async resume(): Promise<void> {
    // Another key, another place, or none: the hub must not go on with what was.
    this.#unsubscribe = this.#deps.registry.subscribe((rootId, event) => {
      const record = this.#record();
      if (event.type === 'roots' && record !== null && record.enabled && record.rootId === rootId) void this.#turnOn(record);
    });
    const record = this.#record();
    if (record !== null && record.enabled) await this.#turnOn(record);
  }
  close(): void {
    this.#unsubscribe();
  }

  read(): OutputOf<'readSharing'> {
    const record = this.#record();
    const now = this.#deps.hub.now();
    const [firstRoot] = this.#deps.registry.list();
    const rootId = record?.rootId ?? firstRoot?.id ?? null;
    return {
      state: this.#deps.bySettings ? 'environment' : now === null ? 'off' : 'on',
      rootId, ownerEmail: record?.ownerEmail ?? null, port: record?.port ?? 8643, certificate: record?.certificate ?? { kind: 'generated' },
      membersPlace: record?.membersPlace ?? (rootId === null ? null : this.#deps.membersPlaceFor(rootId)),
      addresses: (now?.door.publicUrls(now.door.tls?.port ?? null) ?? []).map((url) => url.origin), fingerprint: now?.door.tls?.fingerprint ?? null,
      problem: this.#problem === null ? null : { code: this.#problem.code, sentence: this.#problem.message },
    };
  }

  /** Stores, certificate and account are tried before it is answered; the listener itself only afterwards. */
  async start(wish: InputOf<'startSharing'>): Promise<void> {
    this.#refuseEnvironment();
    this.#deps.registry.get(wish.rootId);
    const before = this.#record();
    const email = wish.email ?? before?.ownerEmail;
    if (email === undefined) throw new AppError('bad_request', { detail: 'your e-mail is missing' });
    let ownerId = before !== null && before.ownerEmail === email ? before.ownerId : null;
    const record: SharingRecord = { enabled: true, rootId: wish.rootId, ownerId, ownerEmail: email, membersPlace: wish.membersPlace ?? this.#deps.membersPlaceFor(wish.rootId), port: wish.port, certificate: wish.certificate };
    const hub = await this.#deps.openHub(record, () => ownerId, true);
    try {
      if (ownerId === null) ownerId = await hub.ownerAccount({ email, password: wish.password ?? '' });
    } finally {
      await hub.close();
    }
    const kept = { ...record, ownerId };
    this.#keep(kept);
    this.#deps.clock.after(afterAnswerMs, () => void this.#turnOn(kept));
  }

  stop(): void {
    this.#refuseEnvironment();
    const record = this.#record();
    if (record !== null) this.#keep({ ...record, enabled: false });
    this.#problem = null;
    this.#deps.clock.after(afterAnswerMs, () => void this.#deps.hub.turn(() => Promise.resolve(null)).catch((thrown: unknown) => this.#failed(thrown)));
  }

  async #turnOn(record: SharingRecord): Promise<void> {
    this.#problem = null;
    try {
      await this.#deps.hub.turn(async () => {
        if (this.#deps.registry.find(record.rootId) === null) throw new AppError('not_found', { what: 'folder' });
        return this.#deps.openHub(record, () => record.ownerId, false);
      });
    } catch (thrown) {
      this.#failed(thrown);
    }
  }
  #failed(thrown: unknown): void {
    this.#problem = asAppError(thrown);
    this.#deps.logger.error({ err: thrown }, 'sharing could not begin');
  }

  #refuseEnvironment(): void {
    if (this.#deps.bySettings) throw new AppError('sharing_by_environment');
  }
  #record(): SharingRecord | null {
    const text = this.#deps.index.setting(name) ?? null;
    const parsed = text === null ? null : recordSchema.safeParse(JSON.parse(text));
    return parsed?.success === true ? parsed.data : null;
  }
  #keep(record: SharingRecord): void {
    this.#deps.index.setSetting(name, JSON.stringify(record));
  }
}
