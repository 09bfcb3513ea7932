// One examination: which streams the doctor opens, in which order, and when it has seen enough.
//
// At most three streams and a short request are open at once, for HTTP/1.1 has six connections to a host; only the last
// step opens eight, for some seconds. The hub's clock runs for it, which costs an event a second.

import * as judge from './diagnosis.js'
import { Pauses, Polling, Reading, poll, until } from './probes.js'

const TOPIC = 'clock'
const EVENTS = 8
const EVENTS_MORE = 3
const ONE_STEP_MS = 60_000
const SHORT_MS = 20_000
const AT_ONCE = 8
const BEATS = 3
const QUIET = 'rivulet-doctor/quiet-'
const KILO_SMALL = 700

/** A topic that nobody publishes to. */
const quietTopic = () => QUIET + Math.random().toString(36).slice(2)

export class Examination {
  #updates
  #token
  #tell
  #stop = new AbortController()
  #open = new Set()

  /**
   * @param updates the URL of the hub's resource
   * @param token   for a hub that lets nobody read without one; empty for none
   * @param tell    is told each judgement, `tell(check, judgement)`, and what is going on, `tell('step', text)`
   */
  constructor(updates, token, tell) {
    this.#updates = updates
    this.#token = token ? { Authorization: `Bearer ${token}` } : {}
    this.#tell = tell
  }

  /** Ends it at once; all its streams are closed. */
  close() {
    this.#stop.abort()
    for (const each of this.#open) each.close()
    this.#open.clear()
  }

  async run() {
    try {
      await this.#all()
    } finally {
      this.close()
    }
  }

  async #all() {
    this.#tell('step', 'A stream of the clock, a silent one, and short requests beside them.')
    const pauses = this.#keep(new Pauses())
    const reading = this.#read({ topic: TOPIC, heartbeat: 1 })
    const quiet = this.#read({ topic: quietTopic(), heartbeat: 1 })
    const polling = this.#keep(new Polling(this.#url({ topic: TOPIC }), this.#token))
    const enough = () => this.#hasSeenEnough(polling, reading, quiet)
    await until(enough, ONE_STEP_MS, this.#stop.signal)
    if (this.#stop.signal.aborted) return
    this.#tell('drawing', { polled: polling.events, streamed: reading.events, from: reading.openedAt })
    if (polling.events.length === 0) {
      const fault = polling.fault ?? (polling.answers.length ? null : { status: 0 })
      this.#tell('let in', fault ? judge.refused({ ...fault, hasToken: !!this.#token.Authorization }) : judge.silent())
      return
    }
    if (reading.head && reading.end && !reading.hello) {
      this.#tell('let in', judge.refused({ status: reading.head.status, hasToken: !!this.#token.Authorization }))
      return
    }
    const pollMs = await this.#wayAndBack(polling)
    const cut = judge.cut({ reading }) ?? judge.cut({ reading: quiet })
    this.#tell('cut', { ...cut ?? judge.uncut(), matters: true })
    const isHidden = document.hidden
    const paced = { ...judge.pace({ polled: polling.events, reading, pausedMs: pauses.longestMs, isHidden }), matters: true }
    // a stream that was cut early says nothing about its pace
    if (!cut || paced.level === 'well') this.#tell('pace', paced)
    this.#tell('first byte', judge.firstByte({ reading, pollMs }))
    if (!cut) this.#tell('heartbeats', judge.heartbeats({ quiet, polledMeanwhile: polling.events.length }))
    this.#drop(reading, quiet, polling, pauses)
    const isHeld = paced.level === 'fault' && paced.fault === 'held'
    const headers = reading.head?.headers ?? await this.#finite(paced)
    this.#heads(headers, polling, paced)
    await this.#resume(polling)
    await this.#others()
    if (isHeld || cut || this.#stop.signal.aborted) return
    await this.#eventSource()
    await this.#atOnce()
  }

  /** Enough short requests, and a stream that has caught up with them or will not: then some more are waited for. */
  #hasSeenEnough(polling, reading, quiet) {
    if (polling.isInVain) return true
    const polled = polling.events
    if (polled.length < EVENTS) return reading.end !== null && polled.length > 2
    const has = new Set(reading.events.map(event => event.id))
    return polled.length >= EVENTS + EVENTS_MORE || polled.slice(2).every(event => has.has(event.id)) && quiet.beats.length >= 2
  }

  /** A short request that finds what it asks for: after the first event there are others. */
  async #wayAndBack(polling) {
    const from = performance.now()
    await this.#poll({ cursor: polling.events[0].id }).catch(() => null)
    return performance.now() - from
  }

  /** The head of a stream that ends by itself, where that of an endless one did not come. */
  async #finite(paced) {
    this.#tell('step', 'A stream that ends by itself.')
    const reading = this.#read({ topic: TOPIC, max: KILO_SMALL })
    await until(() => reading.end !== null, SHORT_MS, this.#stop.signal)
    const pieces = new Set(reading.events.map(event => event.piece)).size
    if (reading.events.length > 1 && pieces === 1) {
      this.#tell('pace', {
        ...paced, value: `${reading.events.length} events in one piece`, says: `${paced.says} A stream that ended by itself came `
          + `whole at its end: ${reading.events.length} events of as many seconds in one piece.`
      })
    }
    this.#drop(reading)
    return reading.head?.headers ?? null
  }

  #heads(headers, polling, paced) {
    const answered = polling.answers[0].headers
    if (headers) {
      this.#tell('compression', judge.compression({ encoding: headers.get('Content-Encoding'), pace: paced }))
      this.#tell('head', judge.head({ headers, requestIds: polling.answers.map(answer => answer.headers.get('X-Request-Id')) }))
    }
    this.#tell('between', judge.between({ headers: headers ?? answered }))
  }

  async #resume(polling) {
    this.#tell('step', 'Coming back after a cut.')
    const cursor = polling.events.at(-2)?.id ?? polling.events[0].id
    const ask = async inHeader => (await this.#poll({ cursor, inHeader }).catch(() => null))?.hello?.resumed ?? null
    const byHeader = await ask(true)
    const byQuery = byHeader === 'exact' ? 'exact' : await ask(false)
    this.#tell('resume', { ...judge.resume({ byHeader, byQuery }), matters: true })
  }

  async #others() {
    const signal = this.#stop.signal
    const protocol = performance.getEntriesByType('resource').filter(entry => entry.name.startsWith(this.#updates)).at(-1)
      ?.nextHopProtocol || performance.getEntriesByType('navigation')[0]?.nextHopProtocol
    this.#tell('version', judge.version({ protocol, isSecure: location.protocol.startsWith('https') }))
    const asked = await fetch(this.#updates, { method: 'OPTIONS', cache: 'no-store', signal }).catch(() => null)
    this.#tell('cors', judge.cors({
      status: asked?.status, allow: asked?.headers.get('Allow'), requestId: asked?.headers.get('X-Request-Id'),
      origin: asked?.headers.get('Access-Control-Allow-Origin')
    }))
    const page = await fetch(new URL('../', document.baseURI), { cache: 'no-store', signal }).then(answer => answer.text()).catch(() => '')
    const told = new DOMParser().parseFromString(page, 'text/html').querySelector('[data-updates]')?.textContent
    const origin = URL.canParse(told ?? '') ? new URL(told).origin : null
    this.#tell('name', judge.name({ ours: location.origin, hubs: origin }))
  }

  async #eventSource() {
    this.#tell('step', 'The browser’s own EventSource.')
    if (this.#token.Authorization) return this.#tell('EventSource', judge.eventSource({ outcome: 'token' }))
    let heard = false
    const polling = this.#keep(new Polling(this.#url({ topic: TOPIC }), {}))
    const source = this.#keep(new EventSource(this.#url({ topic: TOPIC })))
    source.onmessage = () => { heard = true }
    const isOver = () => heard || source.readyState === EventSource.CLOSED || polling.events.length >= EVENTS
    const came = await until(isOver, ONE_STEP_MS, this.#stop.signal)
    const outcome = heard ? 'heard' : !came ? 'slow' : source.readyState === EventSource.CLOSED ? 'it was refused' : 'nothing came'
    this.#drop(source, polling)
    this.#tell('EventSource', judge.eventSource({ outcome }))
  }

  /** As many streams as are tried; those that wait are known by the heartbeats that the open ones have got meanwhile. */
  async #atOnce() {
    this.#tell('step', `${AT_ONCE} streams at once.`)
    const all = Array.from({ length: AT_ONCE }, () => this.#read({ topic: quietTopic(), heartbeat: 1 }))
    const open = () => all.filter(each => each.hello)
    await until(() => {
      const news = open()
      return news.length === AT_ONCE || news.length > 0 && news.every(each => each.beats.length >= BEATS)
    }, SHORT_MS, this.#stop.signal)
    const count = open().length
    this.#drop(...all)
    this.#tell('at once', judge.atOnce({ open: count, tried: AT_ONCE }))
  }

  #url(parameters) {
    const url = new URL(this.#updates)
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
    return url
  }

  #read(parameters) { return this.#keep(new Reading(this.#url(parameters), this.#token)) }

  #poll(wish) {
    return poll(this.#url({ topic: TOPIC }), { ...wish, token: this.#token, signal: this.#stop.signal, wait: 5 })
  }

  #keep(closeable) {
    this.#open.add(closeable)
    return closeable
  }

  #drop(...closeables) {
    for (const each of closeables) {
      each.close()
      this.#open.delete(each)
    }
  }
}

/** One stream that stays open after the examination, with the hub's own heartbeat: it finds who cuts after a while. */
export class Watch {
  #reading
  #timer
  #tell

  constructor(updates, token, tell) {
    const url = new URL(updates)
    url.searchParams.set('topic', quietTopic())
    this.#tell = tell
    this.#reading = new Reading(url, token ? { Authorization: `Bearer ${token}` } : {})
    this.#timer = setInterval(() => this.#look(), 500)
  }

  close() {
    clearInterval(this.#timer)
    this.#reading.close()
  }

  #look() {
    const cut = judge.cut({ reading: this.#reading })
    if (cut) {
      this.close()
      return this.#tell(cut)
    }
    const open = Math.round((performance.now() - this.#reading.openedAt) / 1000)
    this.#tell({ level: 'well', value: `open for ${open} s`, says: 'A silent stream stays open for as long as this page '
      + 'does. Leave it for some minutes: it tells when somebody cuts it.' })
    if (open > 600) this.close()
  }
}
