/** Makes everything the page works with, from the outside world handed in; nothing of it lives at module level. */
import type { CallInputOf, CommandName, Cost, NeedsYou, OutputOf, Settings, Storage, Thaws, Transfers } from '../../shared/api/contract.ts';
import type { EventEnvelope, EventOf } from '../../shared/api/events.ts';
import type { StrataBridge } from '../../shared/model/bridge.ts';
import { say } from '../../shared/words/words.ts';
import { problemOf, type ApiClient } from '../api/client.ts';
import type { Connection, LiveFeed } from '../api/live.ts';
import { makeAnnouncer, type Announcer } from '../components/announcer.ts';
import { makeKeyRegistry, type KeyRegistry } from '../keyboard/registry.ts';
import { makeActivityStore, type ActivityStore } from '../stores/activity-store.ts';
import { makeNoticeStore, type NoticeStore } from '../stores/notice-store.ts';
import { makeReadingStore, type ReadingStore } from '../stores/reading-store.ts';
import { makeRouteStore, type RouteStore } from '../stores/route-store.ts';
import { makeStatusStore, type StatusStore } from '../stores/status-store.ts';
import { makeViewStore, type ViewStore } from '../stores/view-store.ts';

export interface App {
  readonly client: ApiClient;
  readonly bridge: StrataBridge | null;
  readonly now: () => number;
  readonly mac: boolean;
  readonly route: RouteStore;
  readonly status: StatusStore;
  readonly view: ViewStore;
  readonly transfers: ReadingStore<Transfers>;
  readonly needsYou: ReadingStore<NeedsYou>;
  readonly storage: ReadingStore<Storage>;
  readonly cost: ReadingStore<Cost>;
  readonly thaws: ReadingStore<Thaws>;
  readonly settings: ReadingStore<Settings>;
  readonly activity: ActivityStore;
  readonly notices: NoticeStore;
  readonly announcer: Announcer;
  readonly keys: KeyRegistry;
  /** Gives a command, says what was done (with Undo where it can be undone) or what stood in the way; null when it did not work. */
  act<N extends CommandName>(name: N, input: CallInputOf<N>, done: string | null): Promise<OutputOf<N> | null>;
  undo(token: string): Promise<void>;
  /** Reads everything that is shown again; false when the service does not answer. */
  reread(): Promise<boolean>;
  onEvent(envelope: EventEnvelope): void;
  onConnection(connection: Connection): void;
  attach(feed: LiveFeed): void;
}

export interface AppParts {
  readonly client: ApiClient;
  readonly bridge: StrataBridge | null;
  readonly now: () => number;
  readonly mac: boolean;
  readonly address: string;
  readonly writeAddress: (address: string, how: 'push' | 'replace') => void;
  /** The service does not know this session (any more): a new one is needed. */
  readonly onStranger?: () => void;
}

export function makeApp({ client, bridge, now, mac, address, writeAddress, onStranger }: AppParts): App {
  let feed: LiveFeed | null = null;
  const route = makeRouteStore(address, writeAddress);
  const status = makeStatusStore();
  const view = makeViewStore({ client, watch: (ranks) => feed?.watchView(ranks) });
  const transfers = makeReadingStore(() => client.call('readTransfers', {}));
  const needsYou = makeReadingStore(() => client.call('readNeedsYou', {}));
  const storage = makeReadingStore(() => client.call('readStorage', {}));
  const cost = makeReadingStore(() => client.call('readCost', {}));
  const thaws = makeReadingStore(() => client.call('readThaws', {}));
  const settings = makeReadingStore(() => client.call('readSettings', {}));
  const activity = makeActivityStore(client);
  const notices = makeNoticeStore();
  const announcer = makeAnnouncer(now);

  const onStatus = (next: EventOf<'status'>): void => {
    status.setState({ status: next });
    announcer.watch(next, status.getState().connection);
    bridge?.setBadge(next.needsYou);
  };
  const onNotice = (notice: EventOf<'notice'>): void => {
    if (notice.gone) bridge?.clearNotice(notice.id);
    else bridge?.notify({ id: notice.id, title: notice.title, text: notice.text });
  };
  const handlers: { readonly [N in EventEnvelope['name']]: (data: EventOf<N>) => void } = {
    status: onStatus, notice: onNotice,
    transfers: (data) => transfers.apply(data),
    viewChanged: (data) => view.apply(data),
    activity: (data) => activity.apply(data.lines),
    needsYou: (data) => needsYou.apply(data),
    settings: (data) => settings.apply(data),
    thaws: (data) => thaws.apply(data),
  };
  const readShown = async (): Promise<void> => {
    const { screen } = route.getState();
    const reads: Promise<void>[] = [settings.read()];
    if (screen === 'files') reads.push(view.reread());
    if (screen === 'transfers') reads.push(transfers.read());
    if (screen === 'needsYou') reads.push(needsYou.read());
    if (screen === 'storage') reads.push(storage.read(), cost.read(), thaws.read());
    if (screen === 'activity') reads.push(activity.read(activity.getState().filter));
    await Promise.all(reads);
  };
  const app: App = {
    client, bridge, now, mac, route, status, view, transfers, needsYou, storage, cost, thaws, settings, activity, notices, announcer,
    keys: makeKeyRegistry(mac),
    async act(name, input, done) {
      try {
        const answer = await client.call(name, input);
        const undo = typeof answer === 'object' && 'undo' in answer && typeof answer.undo === 'string' ? answer.undo : null;
        if (done !== null) notices.say(done, { undo });
        return answer;
      } catch (reason) {
        const problem = problemOf(reason);
        notices.say(problem.noAnswer ? say('problem.noAnswer') : problem.message, { alert: true });
        return null;
      }
    },
    async undo(token) {
      if (await app.act('undo', { undo: token }, say('notice.undone')) !== null) await app.reread();
    },
    async reread() {
      try {
        onStatus(await client.call('readStatus', {}));
      } catch (reason) {
        const problem = problemOf(reason);
        if (problem.status === 401) onStranger?.();
        return !problem.noAnswer;
      }
      await readShown();
      return true;
    },
    // The handler table is typed per name; the envelope's union cannot be narrowed by an index.
    onEvent: ({ name, data }) => (handlers[name] as (data: unknown) => void)(data),
    onConnection(connection) {
      status.setState({ connection });
      const { status: last } = status.getState();
      if (last !== null) announcer.watch(last, connection);
    },
    attach: (next) => {
      feed = next;
    },
  };
  return app;
}
