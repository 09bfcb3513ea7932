// Types of rivulet.js, the browser's client of a Rivulet hub; docs/client.md tells of all of it.

export type Transport = 'shared' | 'eventsource' | 'fetch' | 'xhr' | 'poll'

export interface RivuletOptions {
  /** Beside those in the URL's query. */
  topics?: string[]
  /** As of an EventSource: whether cookies go to a hub of another origin. */
  withCredentials?: boolean
  /** Sent with each request; an EventSource cannot, so another transport is taken. */
  headers?: Record<string, string>
  /** A token, or what gives a fresh one: asked before the first request, before the token ends, and after a 401. */
  token?: string | (() => string | void | Promise<string | void>)
  /** The event to go on after. */
  lastEventId?: string
  /** Keeps the last id for a reload of the page; a text tells several sources of one page apart. */
  persist?: boolean | string
  /**
   * One connection for all tabs of an origin that ask the same URL with the same option. With a token or headers a text
   * is needed that stands for the user.
   */
  share?: boolean | string
  /** Those to take, in the order of their kind; all of them without it. */
  transports?: Exclude<Transport, 'shared'>[]
  /** Seconds between two signs of life of the hub: 15. After two and a half of them without one it connects anew. */
  heartbeat?: number
  /** Seconds until a stream that says nothing at all counts as held up on its way: 10. */
  mute?: number
  /** The longest pause between two attempts, in seconds: 30. */
  pause?: number
  /** How many publishes may wait: 100. */
  queue?: number
  /** For servers that send nothing of a hub's own, such as other hubs of Mercure's. */
  plain?: boolean
  onstate?: (state: RivuletState) => void
  onresume?: (resume: RivuletResume) => void
}

export interface RivuletState {
  state: 'connecting' | 'live' | 'catching up' | 'offline' | 'refused' | 'ended' | 'idle'
  transport: Transport | ''
  /** Of an answer that refused: HTTP's status, the hub's reason, and the id under which its log tells more. */
  status?: number
  reason?: string
  requestId?: string
  /** It does not try again. */
  final?: boolean
  /** The stream goes on, but no longer in the name of somebody. */
  anonymous?: boolean
}

export interface RivuletResume {
  resumed: 'exact' | 'partial' | 'reset'
  /** How many events are missing at most; null where nobody knows. */
  missed: number | null
  /** Whether events of topics in memory alone may be missing. */
  transient?: boolean | 'lost'
}

export interface RivuletEvent {
  type: string
  data: string
  lastEventId: string
  origin: string
  target: Rivulet
  currentTarget: Rivulet
}

export interface PublishOptions {
  type?: string
  id?: string
  private?: boolean
  retry?: number
  end?: boolean
  /** The idempotency key; a random one without it. */
  key?: string
}

type Listener = ((event: RivuletEvent) => void) | { handleEvent(event: RivuletEvent): void }

export class Rivulet {
  static readonly CONNECTING: 0
  static readonly OPEN: 1
  static readonly CLOSED: 2
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSED: 2
  constructor(url: string, options?: RivuletOptions)
  readonly url: string
  readonly withCredentials: boolean
  readonly readyState: 0 | 1 | 2
  onopen: ((event: RivuletEvent) => void) | null
  onmessage: ((event: RivuletEvent) => void) | null
  onerror: ((event: RivuletEvent) => void) | null
  onstate: ((state: RivuletState) => void) | null
  onresume: ((resume: RivuletResume) => void) | null
  addEventListener(type: string, listener: Listener, options?: { once?: boolean }): void
  removeEventListener(type: string, listener: Listener): void
  /** The stream has the topic from now on; each subscribe wants an unsubscribe of its own. */
  subscribe(topic: string): Promise<void>
  unsubscribe(topic: string): void
  /** Gives the event's id; data that is no text is sent as JSON. While offline it waits, and is published once. */
  publish(topic: string | string[], data: unknown, options?: PublishOptions): Promise<string>
  close(): void
}

export default Rivulet
