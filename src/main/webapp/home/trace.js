// One connection, or one topic, followed on the stream that is open already: its topics change by PATCH.

import { Chart, fromZero } from './charts.js'
import { $, item, timeOf } from './dom.js'

const LINES_MAX = 300
const CONNECTIONS = 'rivulet/connections/'

/** `to.change` changes the topics of the stream, `to.label` writes numbers. */
export class Trace {
  #to
  #chart
  #topic = ''
  #told = ''

  constructor(to) {
    this.#to = to
    this.#chart = new Chart($('trace-chart'), ['behind', 'unsent'], 300, fromZero, to.label)
    $('trace-stop').addEventListener('click', () => this.#stop())
  }

  connection(name) { this.#follow(CONNECTIONS + name, name) }

  topic(name) { this.#follow(name, name) }

  async #follow(topic, name) {
    const before = this.#topic
    this.#topic = topic
    this.#told = ''
    this.#chart.clear()
    $('trace-name').textContent = name
    $('trace-log').replaceChildren()
    $('trace-chart-box').hidden = !topic.startsWith(CONNECTIONS)
    $('trace').hidden = false
    $('trace').scrollIntoView({ block: 'nearest' })
    try {
      // names with stars or braces would be read as patterns
      await this.#to.change({ add: [topic], ...before && before !== topic && { remove: [before] } })
      this.#line(new Date(), 'listening', '')
    } catch (fault) {
      this.#line(new Date(), 'refused', fault.message)
    }
  }

  async #stop() {
    $('trace').hidden = true
    const topic = this.#topic
    this.#topic = ''
    if (topic) await this.#to.change({ remove: [topic] }).catch(() => {})
  }

  /** An event of what is followed. */
  show(topic, type, time, data) {
    if (topic !== this.#topic) return
    if (!topic.startsWith(CONNECTIONS)) {
      this.#line(new Date(time), type, typeof data === 'string' ? data : JSON.stringify(data))
      return
    }
    if (data.lagEvents != null) this.#chart.add(Date.parse(data.time) / 1000, [data.lagEvents, data.unsentBytes / 1024])
    const told = data.state === 'ended' ? 'has ended'
      : `${data.state}${data.reason ? `, waits for its ${data.reason}` : ''}, ${data.lagEvents ?? '?'} behind, ${data.unsentBytes} B unsent`
    if (told !== this.#told) this.#line(new Date(data.time), told, '')
    this.#told = told
  }

  #line(time, what, data) {
    const log = $('trace-log').parentElement
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
    $('trace-log').append(item('arrived', [['delta', timeOf(time)], ['', what], ['data', data]]))
    while ($('trace-log').children.length > LINES_MAX) $('trace-log').firstElementChild.remove()
    if (atEnd) log.scrollTop = log.scrollHeight
  }
}
