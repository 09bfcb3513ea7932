// Topics of the log with what is kept of them, and their history page by page.

import { $, button, cells, item, momentOf, place } from './dom.js'

const PAGE = 50
const when = text => text ? momentOf(new Date(text)) : '–'

/** `to.ask` asks the hub, `to.trace` follows one. */
export class Topics {
  #to
  #rows = new Map()
  #topic = ''
  #next = null

  constructor(to) {
    this.#to = to
    $('history-first').addEventListener('click', () => this.#read({ since: 'earliest' }, true))
    $('history-more').addEventListener('click', () => this.#read({ after: this.#next }, false))
    $('history-close').addEventListener('click', () => { $('history-box').hidden = true })
  }

  show({ topics }) {
    $('no-topics').hidden = topics.length > 0
    const seen = new Set()
    topics.forEach((one, i) => {
      seen.add(one.topic)
      const row = this.#rows.get(one.topic) ?? this.#row(one.topic)
      cells(row, [[one.topic], [one.state], [one.count.toLocaleString()], [when(one.first)], [when(one.last)], [one.listeners]])
      place($('topics'), row, i)
    })
    for (const [name, row] of this.#rows) {
      if (!seen.has(name)) {
        row.remove()
        this.#rows.delete(name)
      }
    }
  }

  #row(topic) {
    const row = document.createElement('tr')
    for (const name of ['Topic', 'State', 'Events', 'Oldest', 'Newest', 'Listeners', '']) {
      const cell = document.createElement('td')
      cell.dataset.name = name
      row.append(cell)
    }
    row.children[2].className = row.children[5].className = 'n'
    row.lastElementChild.className = 'actions'
    row.lastElementChild.append(
      button('History', `History of ${topic}`, () => this.#browse(topic)),
      button('Trace', `Trace ${topic}`, () => this.#to.trace(topic)))
    this.#rows.set(topic, row)
    return row
  }

  #browse(topic) {
    this.#topic = topic
    $('history-topic').textContent = topic
    $('history-box').hidden = false
    this.#read({ since: `last=${PAGE}` }, true)
  }

  async #read(where, anew) {
    const query = new URLSearchParams({ match_exact: this.#topic, limit: PAGE, ...where })
    const out = $('history-said')
    try {
      const { events, next } = await this.#to.ask(`api/events?${query}`)
      if (anew) $('history-events').replaceChildren()
      for (const event of events) {
        $('history-events').append(item('arrived', [['delta', when(event.time)], ['badge', event.type ?? 'message'],
          ['badge', event.private ? 'private' : ''], ['data', event.data], ['id', event.id]]))
      }
      this.#next = next
      out.textContent = anew && where.since !== 'earliest' ? `The newest ${events.length}.` : `${$('history-events').children.length} shown.`
    } catch (fault) {
      out.textContent = fault.message
    }
    $('history-more').disabled = !this.#next
  }
}
