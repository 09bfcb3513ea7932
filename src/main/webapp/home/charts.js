// Line charts over time that move on with what arrives, in the colours of the style sheet.

import { timeOf } from './dom.js'

const uPlot = globalThis.uPlot
const HEIGHT = 180
const FIRST_S = 20
const GAP_S = 5
/** Half of a time below the axis: the last one stands at the edge, and would be cut. */
const LABEL_HALF = 30

const percent = tick => `${+tick.toFixed(2)} %`

/** The range of an axis for what is counted. */
export const fromZero = (_, least, most) => [0, Math.max(1, most * 1.1)]

/**
 * A chart of `names` in `place`, `keepS` seconds long. Without a range its values are shown as changes since the first,
 * in per cent; `label` writes the values beside the axis.
 */
export class Chart {
  #place
  #names
  #keepS
  #range
  #label
  #data
  #plot = null
  #drawing = false

  constructor(place, names, keepS, range, label = percent) {
    this.#place = place
    this.#names = names
    this.#keepS = keepS
    this.#range = range
    this.#label = label
    this.#data = [[], ...names.map(() => [])]
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(place)
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#make())
  }

  /** Sets the values at this time in seconds; a value that is missing stays open. */
  add(timeS, values) {
    const times = this.#data[0]
    // time runs forward on the axis, whatever the server's clock does
    const at = Math.max(Math.floor(timeS), times.at(-1) ?? 0)
    if (at > (times.at(-1) ?? 0)) this.#data.forEach((column, i) => column.push(i ? null : at))
    values.forEach((value, i) => { if (value != null) this.#data[i + 1][times.length - 1] = value })
    while (times[0] < at - this.#keepS) this.#data.forEach(column => column.shift())
    this.#draw()
  }

  /** Forgets all values. */
  clear() {
    this.#data.forEach(column => { column.length = 0 })
    this.#plot?.destroy()
    this.#plot = null
  }

  #draw() {
    if (this.#drawing) return
    this.#drawing = true
    requestAnimationFrame(() => {
      this.#drawing = false
      if (!this.#plot) this.#make()
      this.#plot?.setData(this.#shown())
    })
  }

  #shown() { return this.#range ? this.#data : [this.#data[0], ...this.#data.slice(1).map(change)] }

  // grows from a few seconds to all that is kept; a lone point would else get a day
  #window() {
    const [first, last] = [this.#data[0][0], this.#data[0].at(-1)]
    return [Math.min(first, last - FIRST_S), last]
  }

  #size() { return { width: this.#place.clientWidth, height: HEIGHT } }

  #make() {
    if (!this.#data[0].length) return
    const style = getComputedStyle(this.#place)
    const colour = name => style.getPropertyValue(name).trim()
    const axis = { stroke: colour('--quiet'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false },
      font: '12px system-ui, sans-serif' }
    this.#plot?.destroy()
    this.#plot = new uPlot({
      ...this.#size(),
      padding: [8, LABEL_HALF, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { range: () => this.#window() },
        y: { range: this.#range ?? ((_, least, most) => [Math.min(least, -0.2), Math.max(most, 0.2)]) }
      },
      axes: [{ ...axis, size: 32, space: 80, values: (_, ticks) => ticks.map(tick => timeOf(new Date(tick * 1000))) }, { ...axis, size: 52, values: (_, ticks) => ticks.map(this.#label) }],
      series: [{}, ...this.#names.map((label, i) => ({ label, stroke: colour(`--line-${i % 6}`), width: 2, gaps,
        points: { show: false } }))]
    }, this.#shown(), this.#place)
  }
}

// a line says that something was there all along: none is drawn over a time without events
function gaps(plot, series, from, to) {
  const [times, values] = [plot.data[0], plot.data[series]]
  const found = []
  let before = null
  for (let i = from; i <= to; i++) {
    if (values[i] == null) continue
    if (before !== null && times[i] - before > GAP_S) {
      found.push([plot.valToPos(before, 'x', true), plot.valToPos(times[i], 'x', true)])
    }
    before = times[i]
  }
  return found
}

function change(column) {
  const first = column.find(value => value != null)
  return column.map(value => value == null ? null : (value / first - 1) * 100)
}
