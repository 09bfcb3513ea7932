// The page's one EventSource: opened, watched, and opened again where the browser gives up.

const CONTROLS = ['rivulet.hello', 'rivulet.gap', 'rivulet.cursor', 'rivulet.topics', 'rivulet.expiring', 'rivulet.heartbeat']
const RETRY_FIRST_MS = 1000
const RETRY_MAX_MS = 30_000
const SILENCE_MAX_MS = 45_000
const IDS_KEPT = 4000
/** What an answer means that ends an EventSource for good; of any other the next try may be taken. */
const REFUSALS = {
  204: 'shut out: this subject or token is banned',
  401: 'not let in: reading takes a token or a login here',
  403: 'not let in: this caller may not read here'
}

/**
 * Emits `event` (detail: the MessageEvent, and whether its id was seen before), `control` (detail: type and data) and
 * `state` (detail: connecting, open, lost or refused, and why).
 */
export class Stream extends EventTarget {
  #url
  #topics
  #types = new Set(['message'])
  #source = null
  #lastId = ''
  #ids = new Set()
  #tries = 0
  #timer = 0
  #heardAt = 0

  constructor(url, topics, types) {
    super()
    this.#url = url
    this.#topics = new Set(topics)
    types.forEach(type => this.#types.add(type))
    addEventListener('pagehide', () => this.#close())
    addEventListener('pageshow', event => event.persisted && this.open('the page is back'))
    addEventListener('online', () => this.#hurry('the network is back'))
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry('the page is seen again'))
    setInterval(() => this.#watch(), 5000)
  }

  get lastId() { return this.#lastId }

  get topics() { return [...this.#topics] }

  /** Opens it, after the last id where there is one. */
  open(why) {
    this.#close()
    const url = new URL(this.#url)
    for (const topic of this.#topics) url.searchParams.append('topic', topic)
    url.searchParams.set('heartbeat', 'event')
    // a new EventSource cannot send the Last-Event-ID header: the cursor goes into the query
    if (this.#lastId) url.searchParams.set('last_event_id', this.#lastId)
    else url.searchParams.set('since', 'last')
    this.#tell('connecting', why)
    this.#heardAt = Date.now()
    const source = this.#source = new EventSource(url)
    for (const type of CONTROLS) source.addEventListener(type, event => this.#control(event))
    for (const type of this.#types) source.addEventListener(type, this.#arrived)
    source.onerror = () => this.#failed(source)
  }

  /** Hears these topics and types too; a new topic reopens the stream where it is. */
  hear(topic, type) {
    if (type && !['open', 'error'].includes(type) && !type.startsWith('rivulet.') && !this.#types.has(type)) {
      this.#types.add(type)
      this.#source?.addEventListener(type, this.#arrived)
    }
    if (!this.#topics.has(topic)) {
      this.#topics.add(topic)
      this.open(`to hear ${topic} too`)
    }
  }

  #arrived = event => {
    this.#heard(event)
    const again = this.#ids.has(event.lastEventId)
    this.#ids.add(event.lastEventId)
    if (this.#ids.size > IDS_KEPT) this.#ids.delete(this.#ids.values().next().value)
    this.dispatchEvent(new CustomEvent('event', { detail: { event, again } }))
  }

  #control(event) {
    this.#heard(event)
    if (event.type === 'rivulet.heartbeat') return
    let data = {}
    try { data = JSON.parse(event.data) } catch { /* a control without figures still says what it is */ }
    if (event.type === 'rivulet.hello') {
      this.#tries = 0
      this.#tell('open')
    }
    this.dispatchEvent(new CustomEvent('control', { detail: { type: event.type, data } }))
  }

  #heard(event) {
    this.#heardAt = Date.now()
    if (event.lastEventId) this.#lastId = event.lastEventId
  }

  // Chromium goes on by itself while CONNECTING; Firefox closes for good at the first refused connection, and both do
  // at an answer that is no stream
  #failed(source) {
    if (source !== this.#source) return
    if (source.readyState === EventSource.CLOSED) {
      this.#close()
      const most = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#tries++)
      this.#timer = setTimeout(() => this.open('trying again'), most / 2 + Math.random() * most / 2)
      this.#askWhy(source)
    }
    this.#tell('lost', 'trying again')
  }

  // an EventSource does not say why it was refused; its page would be "offline" for ever where a token is needed
  async #askWhy(source) {
    const timer = this.#timer
    try {
      const answer = await fetch(source.url, { method: 'HEAD', cache: 'no-store' })
      if (REFUSALS[answer.status] && timer === this.#timer) this.#tell('refused', REFUSALS[answer.status])
    } catch { /* offline, as it says */ }
  }

  #hurry(why) {
    if (this.#timer) this.open(why)
    else this.#watch()
  }

  // a network that went away says nothing: heartbeats are what is missed (by the time, since hidden pages count slowly)
  #watch() {
    if (this.#source && Date.now() - this.#heardAt > SILENCE_MAX_MS) this.open('it was silent for too long')
  }

  #close() {
    clearTimeout(this.#timer)
    this.#timer = 0
    this.#source?.close()
    this.#source = null
  }

  #tell(state, why = '') {
    this.dispatchEvent(new CustomEvent('state', { detail: { state, why } }))
  }
}
