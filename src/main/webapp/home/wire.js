// Three ways to hear a stream: fetch, which shows each byte, long polling, which works where nothing else does, and the
// browser's own EventSource. Each comes back by itself after its last id, and can be cut to see that.

import { Parser, utf8 } from './sse.js'

const RETRY_FIRST_MS = 2000
const CONTROLS = ['rivulet.hello', 'rivulet.gap', 'rivulet.cursor', 'rivulet.topics', 'rivulet.expiring', 'rivulet.end',
  'rivulet.cancel']

const wait = (ms, signal) => new Promise(done => {
  const timer = setTimeout(done, ms)
  signal.addEventListener('abort', () => { clearTimeout(timer); done() })
})

function after(url, lastId, extra = {}) {
  const whole = new URL(url)
  if (lastId) whole.searchParams.set('last_event_id', lastId)
  for (const [name, value] of Object.entries(extra)) whole.searchParams.set(name, value)
  return whole
}

/** What a refusal says, as well as it can be told. */
export async function reason(answer) {
  const body = await answer.json().catch(() => ({}))
  return `${answer.status} ${body.detail ?? body.title ?? ''}`.trim()
}

/** fetch, as one stream or as many polls; `on` has state(name, why), raw(text, bytes) and event(event). */
export class FetchWire {
  #url
  #headers
  #polls
  #on
  #closed = new AbortController()
  #cut = new AbortController()
  #lastId = ''
  #retryMs = RETRY_FIRST_MS

  constructor(url, token, polls, on) {
    this.#url = url
    this.#headers = { Accept: 'text/event-stream', ...token && { Authorization: `Bearer ${token}` } }
    this.#polls = polls
    this.#on = on
    this.#run()
  }

  /** As if the network had gone away: the hub is told nothing. */
  cut() { this.#cut.abort() }

  close() {
    this.#closed.abort()
    this.#cut.abort()
  }

  async #run() {
    while (!this.#closed.signal.aborted) {
      this.#cut = new AbortController()
      let over = false
      let whole = false
      try {
        this.#on.state('connecting')
        const answer = await fetch(after(this.#url, this.#lastId, this.#polls ? { transport: 'poll' } : {}),
          { headers: this.#headers, signal: this.#cut.signal, cache: 'no-store' })
        if (answer.status === 204) over = this.#end('over', 'nothing more will come (204)')
        else if (answer.ok) whole = await this.#read(answer)
        else over = this.#end('refused', await reason(answer), answer.status)
      } catch { /* cut, or offline: both are told below */ }
      if (this.#closed.signal.aborted || over) return
      if (this.#polls && whole) continue
      this.#on.state('lost', `back in ${(this.#retryMs / 1000).toFixed(1)} s`)
      await wait(this.#retryMs, this.#closed.signal)
    }
  }

  // what a client says wrong stays wrong; a hub that is full or restarts does not
  #end(state, why, status = 0) {
    this.#on.state(state, why)
    return status < 500 && status !== 429
  }

  async #read(answer) {
    const parser = new Parser(part => {
      if (part.retry !== undefined) this.#retryMs = part.retry
      if (part.type) this.#on.event(part)
    })
    const decoder = new TextDecoder()
    const reader = answer.body.getReader()
    this.#on.state('open')
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return true
      const text = decoder.decode(value, { stream: true })
      this.#on.raw(text, value.length)
      parser.push(text)
      this.#lastId = parser.lastId || this.#lastId
    }
  }
}

/** The browser's own. It hears the types that it is asked for, shows no bytes and sends no token. */
export class SourceWire {
  #url
  #types
  #on
  #source = null
  #timer = 0
  #lastId = ''
  #hello = {}

  constructor(url, types, on) {
    this.#url = url
    this.#types = new Set(['message', ...CONTROLS, ...types.filter(type => type !== 'open' && type !== 'error')])
    this.#on = on
    this.#open()
  }

  #open() {
    this.#on.state('connecting')
    const source = this.#source = new EventSource(after(this.#url, this.#lastId))
    source.onopen = () => this.#on.state('open')
    source.onerror = () => this.#failed(source)
    for (const type of this.#types) {
      source.addEventListener(type, event => {
        this.#lastId = event.lastEventId || this.#lastId
        if (type === 'rivulet.hello') this.#hello = JSON.parse(event.data)
        this.#on.event({ type, data: event.data, id: event.lastEventId, bytes: utf8(event.data) })
      })
    }
  }

  #failed(source) {
    if (source !== this.#source) return
    this.#on.state('lost', 'the browser comes back by itself')
    if (source.readyState !== EventSource.CLOSED) return
    // it has given up for good, without a word of why: Firefox at a refused connection, all at an error
    this.#timer = setTimeout(() => this.#open(), RETRY_FIRST_MS)
  }

  /** The hub ends the stream at its owner's wish, so that the browser's own reconnect is seen. */
  cut(connections) {
    return fetch(`${connections}/${this.#hello.connection}`,
      { method: 'DELETE', headers: { 'Rivulet-Secret': this.#hello.secret ?? '' } }).catch(() => {})
  }

  close() {
    clearTimeout(this.#timer)
    this.#source.close()
    this.#source = null
  }
}
