// What the doctor measures with: a stream that is read byte by byte, short requests beside it, and the page's own pauses.

const LOOK_MS = 20
const POLL_S = 10

/** Waits until something is so; false when it is not within `mostMs`, or when the signal ends the wait. */
export async function until(isSo, mostMs, signal) {
  const end = performance.now() + mostMs
  while (!isSo()) {
    if (performance.now() > end || signal?.aborted) return false
    await new Promise(go => setTimeout(go, LOOK_MS))
  }
  return true
}

/** Reads the text of an event stream in any pieces. */
class Parser {
  #rest = ''
  #block = { data: [], id: null, type: 'message' }
  #on

  constructor(on) { this.#on = on }

  take(text) {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop()
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line)
  }

  #line(line) {
    if (line === '') {
      const { data, id, type } = this.#block
      this.#block = { data: [], id: null, type: 'message' }
      if (data.length) this.#on('event', { type, id, data: data.join('\n') })
      return
    }
    if (line.startsWith(':')) return this.#on('comment')
    const at = line.indexOf(':')
    const name = at < 0 ? line : line.slice(0, at)
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '')
    if (name === 'data') this.#block.data.push(value)
    else if (name === 'id') this.#block.id = value
    else if (name === 'event') this.#block.type = value
    else if (name === 'retry') this.#on('retry')
  }
}

/**
 * A stream as its bytes come. Each event has the time at which it was here, and the number of the piece that brought
 * it. It is read until it ends, or `close()`.
 */
export class Reading {
  openedAt = performance.now()
  head = null
  firstAt = null
  lastAt = null
  hello = null
  events = []
  beats = []
  pieces = 0
  end = null
  #byHub = false
  #abort = new AbortController()

  constructor(url, headers = {}) {
    this.#read(url, headers)
  }

  close() {
    this.end ??= { at: performance.now(), how: 'closed here' }
    this.#abort.abort()
  }

  async #read(url, headers) {
    let how = 'ended'
    try {
      const answer = await fetch(url, {
        headers: { Accept: 'text/event-stream', ...headers }, cache: 'no-store', signal: this.#abort.signal
      })
      this.head = { at: performance.now(), status: answer.status, headers: answer.headers }
      const reader = answer.body?.getReader()
      const decoder = new TextDecoder()
      const parser = new Parser((what, event) => this.#heard(what, event))
      for (let read = await reader?.read(); read && !read.done; read = await reader.read()) {
        this.pieces++
        this.lastAt = performance.now()
        this.firstAt ??= this.lastAt
        parser.take(decoder.decode(read.value, { stream: true }))
      }
    } catch {
      how = 'broken'
    }
    this.end ??= { at: performance.now(), how: this.#byHub ? 'by the hub' : how }
  }

  #heard(what, event) {
    const at = performance.now()
    if (what === 'retry') this.#byHub = this.hello !== null // its last word, which is a time to come back
    else if (what === 'comment') this.hello && this.beats.push(at)
    else if (event.type === 'rivulet.hello') this.hello = parsed(event.data)
    else if (!event.type.startsWith('rivulet.')) this.events.push({ ...event, at, piece: this.pieces })
  }
}

/** One short request that waits for what comes next: its answer is finite, so nothing that holds a stream holds it. */
export async function poll(url, { cursor, inHeader, token, signal, wait = POLL_S }) {
  const asked = new URL(url)
  asked.searchParams.set('transport', 'poll')
  asked.searchParams.set('timeout', wait)
  if (cursor && !inHeader) asked.searchParams.set('last_event_id', cursor)
  const headers = { Accept: 'text/event-stream', ...token, ...cursor && inHeader && { 'Last-Event-ID': cursor } }
  const answer = await fetch(asked, { headers, cache: 'no-store', signal })
  const text = await answer.text()
  const at = performance.now()
  const got = { at, status: answer.status, headers: answer.headers, events: [], hello: null, cursor: null, detail: '' }
  if (!answer.ok) got.detail = parsed(text).detail ?? ''
  new Parser((what, event) => {
    if (what !== 'event') return
    got.cursor = event.id ?? got.cursor
    if (event.type === 'rivulet.hello') got.hello = parsed(event.data)
    else if (!event.type.startsWith('rivulet.')) got.events.push({ ...event, at })
  }).take(text)
  return got
}

/** Short requests one after the other, each from where the one before it was. */
export class Polling {
  events = []
  answers = []
  fault = null
  #abort = new AbortController()

  constructor(url, token) { this.#run(url, token) }

  close() { this.#abort.abort() }

  /** Whether it has told that nothing can come: it is refused, it fails, or two answers in a row had no event. */
  get isInVain() {
    return this.fault !== null || this.answers.length > 1 && this.answers.slice(-2).every(a => a.events.length === 0)
  }

  async #run(url, token) {
    let cursor = null
    while (!this.#abort.signal.aborted && !this.isInVain) {
      try {
        const answer = await poll(url, { cursor, token, signal: this.#abort.signal })
        this.answers.push(answer)
        this.events.push(...answer.events)
        cursor = answer.cursor ?? cursor
        // a soft refusal is an answer of 200 without a word of the hub's
        if (answer.status !== 200 || !answer.hello) this.fault = { status: answer.status, detail: answer.detail }
      } catch {
        if (!this.#abort.signal.aborted) this.fault = { status: 0, detail: '' }
      }
    }
  }
}

/** How long this page itself stood still at most: what arrives in such a pause is not late, it was only not read. */
export class Pauses {
  longestMs = 0
  #last = performance.now()
  #timer = setInterval(() => this.#tick(), LOOK_MS)

  #tick() {
    const now = performance.now()
    this.longestMs = Math.max(this.longestMs, now - this.#last - LOOK_MS)
    this.#last = now
  }

  close() { clearInterval(this.#timer) }
}

export function parsed(text) {
  try { return JSON.parse(text) } catch { return {} }
}
