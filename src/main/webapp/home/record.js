// A stream that is written down: each event with the time at which it came. It can be saved, loaded, and played again.

import { $ } from './dom.js'
import { utf8 } from './sse.js'

const EVENTS_MAX = 10_000
const CHARS_MAX = 8 << 20

/** `to.show` and `to.publish` are given the events of a replay. */
export class Recording {
  #to
  #events = []
  #chars = 0
  #begun = 0
  #timer = 0

  constructor(to) {
    this.#to = to
    $('record-save').addEventListener('click', () => this.#save())
    $('record-load').addEventListener('change', event => this.#load(event.target))
    $('replay').addEventListener('click', () => this.#replay())
    $('replay-stop').addEventListener('click', () => this.#stop())
  }

  /** The newest are kept. */
  add({ type, data, id }) {
    const now = performance.now()
    this.#begun ||= now
    this.#keep({ at: Math.round(now - this.#begun), type, id, data })
    this.#told()
  }

  #keep(event) {
    this.#events.push(event)
    this.#chars += event.data.length
    while (this.#events.length > EVENTS_MAX || this.#chars > CHARS_MAX) this.#chars -= this.#events.shift().data.length
  }

  #told() {
    const n = this.#events.length
    $('record-count').textContent = n === 0 ? 'no event yet' : n === 1 ? 'one event' : `${n.toLocaleString()} events`
    $('record-save').disabled = $('replay').disabled = n === 0
  }

  #save() {
    const text = this.#events.map(event => `${JSON.stringify(event)}\n`).join('')
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ndjson' }))
    link.download = 'rivulet.ndjson'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }

  async #load(input) {
    try {
      const text = await input.files[0].text()
      const events = text.split('\n').filter(line => line.trim()).map(checked)
      this.#events = []
      this.#chars = 0
      this.#begun = 0
      events.forEach(event => this.#keep(event))
      say(`Loaded ${input.files[0].name}.`)
    } catch (fault) {
      say(`This is no recording: ${fault.message}`, true)
    }
    input.value = '' // the same file may be chosen again
    this.#told()
  }

  /** The events of the stream alone: what the hub said of its own was for the stream of that time. */
  #replay() {
    this.#stop()
    const events = this.#events.filter(event => !event.type.startsWith('rivulet.'))
    if (!events.length) return say('There is no event but the hub’s own.')
    const pace = Number(document.querySelector('input[name="pace"]:checked').value)
    const begin = performance.now()
    let next = 0
    $('replay-stop').disabled = false
    const step = async () => {
      const due = () => pace ? (events[next].at - events[0].at) / pace - (performance.now() - begin) : 0
      const mine = this.#timer
      while (next < events.length && due() <= 0) {
        const event = events[next++]
        try {
          if ($('replay-publish').checked) await this.#to.publish(event)
          else this.#to.show({ ...event, bytes: utf8(event.data) })
        } catch (fault) {
          this.#stop()
          return say(fault.message, true)
        }
        if (mine !== this.#timer) return
        say(`${next} of ${events.length}`)
      }
      if (next < events.length) this.#timer = setTimeout(step, due())
      else this.#stop()
    }
    this.#timer = setTimeout(step)
  }

  #stop() {
    clearTimeout(this.#timer)
    this.#timer = 0
    $('replay-stop').disabled = true
  }
}

function checked(line, i) {
  const { at, type = 'message', id = '', data } = JSON.parse(line)
  if (!Number.isFinite(at) || typeof data !== 'string' || typeof type !== 'string' || typeof id !== 'string') {
    throw new Error(`line ${i + 1} has no time or no data`)
  }
  return { at, type, id, data }
}

function say(text, bad = false) {
  $('replayed').textContent = text
  $('replayed').classList.toggle('bad', bad)
}
