// Answers: a text that the hub's feed writes word by word for whoever asks, shown in two panes. Each pane is a stream of
// its own that begins with the first word, so a page needs to keep nothing but the name of the run.

import { $ } from './dom.js'

const NAME = /^[A-Za-z0-9-]{1,64}$/
const SECOND_AFTER = 12
const RETRY_MS = 2000
const ENDS = { finished: 'finished', cancelled: 'stopped', abandoned: 'given up' }

/** One reader of a run; tells `changed` when its state does, and at each word. */
class Pane {
  #url
  #place
  #changed
  #source = null
  #timer = 0
  words = 0
  state = ''

  constructor(url, place, changed) {
    this.#url = url
    this.#place = place
    this.#changed = changed
  }

  /** Empty, until it reads. */
  clear() {
    this.close()
    this.words = 0
    this.#place.querySelector('.answer').textContent = ''
    this.#is('waiting')
  }

  /** Reads the run from its first word. */
  read(run) {
    this.clear()
    const url = new URL(this.#url)
    url.searchParams.set('topic', `answers/${run}`)
    url.searchParams.set('since', 'earliest')
    const source = this.#source = new EventSource(url)
    source.addEventListener('rivulet.hello', () => this.#is('live'))
    source.addEventListener('message', ({ data }) => this.#word(data))
    source.addEventListener('rivulet.end', ({ data }) => {
      this.close()
      this.#is(ENDS[JSON.parse(data).reason] ?? 'ended')
    })
    source.onerror = () => {
      this.#is('trying again')
      // where the browser gave up, everything is read once more: that is as good, and simpler
      if (source.readyState === EventSource.CLOSED && source === this.#source) {
        this.#timer = setTimeout(() => this.read(run), RETRY_MS)
      }
    }
  }

  close() {
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
  }

  #word(text) {
    const answer = this.#place.querySelector('.answer')
    const atEnd = answer.scrollHeight - answer.scrollTop - answer.clientHeight < 40
    answer.append(text)
    if (atEnd) answer.scrollTop = answer.scrollHeight
    this.words++
    this.#is('live')
  }

  #is(state) {
    this.state = state
    this.#place.querySelector('.state').textContent = `${state}, ${this.words} words`
    this.#changed(this)
  }
}

/** The buttons and the two panes; `updates` is the hub's resource, `topics` what is below it. */
export class Answers {
  #updates
  #cancel
  #panes
  #run = ''
  #waits = false

  constructor(updates, cancel) {
    this.#updates = updates
    this.#cancel = cancel
    this.#panes = ['pane-1', 'pane-2'].map(id => new Pane(updates, $(id), pane => this.#changed(pane)))
    $('ask').addEventListener('click', () => this.#ask())
    $('stop').addEventListener('click', () => this.#stop())
    $('again').addEventListener('click', () => this.#read(true))
    addEventListener('pagehide', () => this.#panes.forEach(pane => pane.close()))
    addEventListener('pageshow', event => event.persisted && this.#run && this.#read(false))
    const run = new URLSearchParams(location.hash.slice(1)).get('run')
    if (run && NAME.test(run)) {
      this.#run = run
      this.#read(false)
    }
  }

  async #ask() {
    const run = Array.from(crypto.getRandomValues(new Uint8Array(8)), b => b.toString(16).padStart(2, '0')).join('')
    if (!await this.#post(this.#updates, { topic: 'answers/ask', data: run })) return
    this.#run = run
    history.replaceState(null, '', `#run=${run}`)
    this.#read(true)
  }

  #stop() {
    const url = new URL(this.#cancel)
    url.searchParams.set('topic', `answers/${this.#run}`)
    this.#post(url, {})
  }

  /** The second pane begins with the first one, or some words behind it, as a reader who comes later. */
  #read(later) {
    this.#waits = later
    this.#panes[1].clear()
    this.#panes[0].read(this.#run)
    if (!later) this.#panes[1].read(this.#run)
  }

  #changed(pane) {
    const first = this.#panes[0]
    if (this.#waits && pane === first && (first.words >= SECOND_AFTER || this.#isOver(first))) {
      this.#waits = false
      this.#panes[1].read(this.#run)
    }
    $('stop').disabled = this.#isOver(first)
    $('again').disabled = false
  }

  #isOver(pane) {
    return Object.values(ENDS).includes(pane.state)
  }

  async #post(url, fields) {
    const token = $('token').value.trim()
    try {
      const answer = await fetch(url, {
        method: 'POST', body: new URLSearchParams(fields),
        headers: { Accept: 'application/json', ...token && { Authorization: `Bearer ${token}` } }
      })
      const body = answer.ok ? {} : await answer.json().catch(() => ({}))
      $('answered').textContent = answer.ok ? '' : body.detail ?? `the answer was ${answer.status}`
      return answer.ok
    } catch {
      $('answered').textContent = 'no answer; try again'
      return false
    }
  }
}
