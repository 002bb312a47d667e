/** What it takes to answer every command of the contract: a missing implementation is a compile error. */
import type { CommandName, InputOf, OutputOf } from '../../shared/api/contract.ts';
import type { Role } from '../../shared/model/accounts.ts';

/** Who asks. `sessionId` names the bearer without being it, so that it may be kept and compared. */
export interface Caller {
  /** `owner` sits at this computer; `user` is an account of the hub, from anywhere. */
  readonly who: 'anyone' | 'session' | 'owner' | 'user';
  readonly sessionId: string;
  readonly user?: { readonly id: number; readonly email: string; readonly role: Role };
  /** Of requests over HTTP. */
  readonly from?: CallOrigin;
}
export interface CallOrigin {
  readonly address: string;
  readonly agent: string;
  /** What the client called us: links in answers begin with it. */
  readonly baseUrl: string;
  /** Null where cookies are not safe: without TLS (rule 42). */
  readonly cookies: CookieJar | null;
}
export interface CookieJar {
  get(name: string): string | null;
  set(name: string, value: string, livesMs: number): void;
  clear(name: string): void;
}
/** Commands that only the door can answer: they are about its token, its sessions, its URLs and its end. */
export type DoorCommand = 'hello' | 'exchangeCode' | 'makeCode' | 'makeTicket' | 'stopService';
export type CoreCommand = Exclude<CommandName, DoorCommand>;

type HandlerOf<N extends CommandName> = (input: InputOf<N>, caller: Caller) => Promise<OutputOf<N>> | OutputOf<N>;

/** What the core implements. */
export type Handlers = { readonly [N in CoreCommand]: HandlerOf<N> };
/** What the door adds to it. */
export type DoorHandlers = { readonly [N in DoorCommand]: HandlerOf<N> };
export type AllHandlers = Handlers & DoorHandlers;
