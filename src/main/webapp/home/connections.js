// The table of connections: one row each, changed where it stands, so that a button keeps the focus.

import { $, button, cells, momentOf, place } from './dom.js'

/** `to.ask` asks the hub, `to.trace` follows one. */
export class Connections {
  #to
  #rows = new Map()

  constructor(to) {
    this.#to = to
  }

  show({ total, connections }) {
    $('connections-count').textContent = connections.length < total ? `${connections.length} of ${total}, those furthest behind` : total
    const seen = new Set()
    connections.forEach((one, i) => {
      seen.add(one.connection)
      const row = this.#rows.get(one.connection) ?? this.#row(one)
      cells(row, [
        [one.subject, `${one.peer} · ${one.transport ?? ''}`], [one.topics.join(', ') + (one.topicsInAll > one.topics.length ? ` and ${one.topicsInAll - one.topics.length} more` : ''), one.dialect],
        [one.state, one.reason ? `waits for its ${one.reason}` : 'keeps up'],
        [one.lagEvents == null ? '–' : one.lagEvents.toLocaleString(), one.lagSeconds == null ? '' : `${one.lagSeconds.toFixed(1)} s`],
        [size(one.unsentBytes), one.backlogBytes ? `${size(one.backlogBytes)} wait` : ''],
        [momentOf(new Date(one.opened)), one.connection]
      ])
      row.classList.toggle('behind', one.state === 'behind')
      place($('connections'), row, i)
    })
    for (const [name, row] of this.#rows) {
      if (!seen.has(name)) {
        row.remove()
        this.#rows.delete(name)
      }
    }
  }

  #row(one) {
    const row = document.createElement('tr')
    for (const name of ['Who', 'Topics', 'State', 'Lag', 'Unsent', 'Since', '']) {
      const cell = document.createElement('td')
      cell.dataset.name = name
      row.append(cell)
    }
    row.children[3].className = row.children[4].className = 'n'
    const name = one.connection
    row.lastElementChild.className = 'actions'
    row.lastElementChild.append(
      button('Trace', `Trace ${name}`, () => this.#to.trace(name)),
      button('Close', `Close ${name}`, sure(() => this.#end(name, ''))),
      button('Ban', `Ban ${one.subject} for ten minutes`, sure(() => this.#end(name, '?ban=subject&for=10m'))))
    this.#rows.set(name, row)
    return row
  }

  async #end(name, query) {
    const out = $('connections-said')
    try {
      await this.#to.ask(`api/connections/${name}${query}`, { method: 'DELETE' })
      out.classList.remove('bad')
      out.textContent = query ? `The subject of ${name} is kept out for ten minutes.` : `${name} is closed; its client may come back.`
    } catch (fault) {
      out.classList.add('bad')
      out.textContent = fault.message
    }
  }
}

const size = n => n < 10_240 ? `${n} B` : `${(n / 1024).toFixed(0)} KiB`

/** What cannot be taken back takes two clicks, the second within some seconds. */
function sure(act) {
  return ({ currentTarget: self }) => {
    if (self.dataset.sure) {
      act()
      return
    }
    const before = self.textContent
    self.dataset.sure = 'yes'
    self.textContent = 'Really?'
    setTimeout(() => {
      delete self.dataset.sure
      self.textContent = before
    }, 4000)
  }
}
