// What each feed looks like. A view takes one event's data and changes what is on the page, and nothing else does.

import { $, item, timeOf, trim } from './dom.js'
import { Chart } from './charts.js'

const CHART_S = 120
const MIB = 1 << 20
const percent = share => share == null ? '–' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
const utc = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })

export function clock() {
  return ({ time }) => {
    const now = new Date(time)
    $('time').dateTime = time
    $('time').textContent = timeOf(now)
    $('date').textContent = `${now.toLocaleDateString([], { dateStyle: 'full' })} · sent as ${time}`
  }
}

export function host() {
  const chart = new Chart($('host-chart'), ['CPU all', 'CPU JVM', 'heap'], CHART_S, [0, 100])
  return figures => {
    const heapMost = figures.heapMax ?? figures.heapCommitted
    $('cpu-system').textContent = percent(figures.cpuSystem)
    $('cpu-process').textContent = percent(figures.cpuProcess)
    $('heap').textContent = `${Math.round(figures.heapUsed / MIB)} of ${Math.round(heapMost / MIB)}`
    $('threads').textContent = figures.threads
    $('gc').textContent = `${figures.gcCount}, ${figures.gcTimeMs} ms`
    const shares = [figures.cpuSystem, figures.cpuProcess, figures.heapUsed / heapMost]
    chart.add(Date.parse(figures.time) / 1000, shares.map(share => share == null ? null : share * 100))
  }
}

export function quotes(symbols) {
  const chart = new Chart($('quotes-chart'), symbols, CHART_S)
  const prices = symbols.map((symbol, i) => {
    const box = document.createElement('div')
    const name = document.createElement('dt')
    const price = document.createElement('dd')
    name.textContent = symbol
    name.className = 'abcdef'[i % 6]
    price.textContent = '–'
    box.append(name, price)
    $('prices').append(box)
    return price
  })
  return quote => {
    const at = symbols.indexOf(quote.symbol)
    if (at < 0) return
    prices[at].textContent = quote.price
    prices[at].title = quote.time
    // a replayed price has a time of long ago: it is drawn when it arrives
    const timeMs = quote.simulated ? Date.parse(quote.time) : Date.now()
    chart.add(timeMs / 1000, symbols.map((_, i) => i === at ? quote.price : null))
  }
}

export function earthquakes() {
  const DOTS_MAX = 600
  const ROWS_MAX = 8
  const dots = []
  return quake => {
    $('no-quakes').hidden = true
    const row = item('quake', [
      ['magnitude', quake.magnitude.toFixed(1)],
      ['place', quake.place],
      ['quiet', `${quake.type === 'earthquake' ? '' : quake.type + ', '}${utc.format(new Date(quake.happened))} UTC, ${quake.depthKm} km deep`]
    ])
    row.classList.toggle('strong', quake.magnitude >= 4.5)
    $('quake-list').prepend(row)
    trim($('quake-list'), ROWS_MAX)
    const dot = document.createElementNS($('globe').namespaceURI, 'circle')
    dot.setAttribute('cx', quake.longitude)
    dot.setAttribute('cy', -quake.latitude)
    dot.setAttribute('r', Math.max(1, quake.magnitude * 0.9))
    dots.at(-1)?.classList.remove('new')
    dot.classList.add('new')
    $('globe').append(dot)
    dots.push(dot)
    if (dots.length > DOTS_MAX) dots.shift().remove()
  }
}

export function logs(several) {
  const LINES_MAX = 200
  return ({ log, line }) => {
    const list = $('lines')
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40
    $('no-lines').hidden = true
    list.append(item('', [['badge', several ? log : ''], ['text', line]]))
    while (list.children.length > LINES_MAX) list.firstElementChild.remove()
    if (atEnd) list.scrollTop = list.scrollHeight
  }
}
