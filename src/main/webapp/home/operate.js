// The page Operate: what the hub does and who is connected, over one stream of the operators' topics. The hub makes these
// events while somebody looks, so the stream is open while this page is shown.

import { Connections } from './connections.js'
import { Chart, fromZero } from './charts.js'
import { $, facts } from './dom.js'
import { inspect } from './inspect.js'
import { Topics } from './topics.js'
import { Trace } from './trace.js'
import { FetchWire, reason } from './wire.js'

const CHART_S = 300
const at = path => new URL(path, document.baseURI).href
const token = () => $('operate-token').value.trim()

/** Asks the hub for something as this operator; a refusal is thrown with its sentence. */
async function ask(path, options = {}) {
  const { headers, ...others } = options
  const answer = await fetch(at(path),
    { ...others, headers: { ...headers, ...token() && { Authorization: `Bearer ${token()}` } } })
  if (!answer.ok) throw new Error(await reason(answer))
  return answer.status === 204 ? null : answer.json()
}

const bytes = n => n < 10_240 ? `${Math.round(n)} B` : n < 10 << 20 ? `${(n / 1024).toFixed(0)} KiB` : `${(n / 1048576).toFixed(0)} MiB`
const count = n => n == null ? '–' : n.toLocaleString()
const label = tick => tick >= 1e6 ? `${+(tick / 1e6).toFixed(1)} M` : tick >= 1e3 ? `${+(tick / 1e3).toFixed(1)} k` : `${+tick.toFixed(2)}`

const charts = {
  events: new Chart($('chart-events'), ['published', 'refused'], CHART_S, fromZero, label),
  delivered: new Chart($('chart-delivered'), ['live', 'replayed'], CHART_S, fromZero, label),
  bytes: new Chart($('chart-bytes'), ['sent live', 'replayed', 'written'], CHART_S, fromZero, label)
}
let hello = null
const trace = new Trace({ change, label })
const connections = new Connections({ ask, trace: name => trace.connection(name) })
const topics = new Topics({ ask, trace: name => trace.topic(name) })
const views = { rates, connections: data => connections.show(data), topics: data => topics.show(data), settings }
let wire = null
let before = null

/** Other topics on the stream that is open. */
async function change(wish) {
  if (!hello) throw new Error('the stream is not open yet')
  return ask(`api/connections/${hello.connection}`,
    { method: 'PATCH', headers: { 'Rivulet-Secret': hello.secret }, body: JSON.stringify(wish) })
}

function open() {
  leave()
  const url = new URL(at('api/updates'))
  for (const topic of Object.keys(views)) url.searchParams.append('topic', `rivulet/${topic}`)
  url.searchParams.set('envelope', 'json')
  url.searchParams.set('envelope.data', 'json')
  // topics that are added for a trace are still there after a cut
  url.searchParams.set('session', Array.from(crypto.getRandomValues(new Uint8Array(16)), b => b.toString(16).padStart(2, '0')).join(''))
  wire = new FetchWire(url.href, token(), false, { state, raw: () => {}, event })
}

export function show() { open() }

export function leave() {
  wire?.close()
  wire = null
  hello = null
  before = null
}

function state(name, why = '') {
  const text = { connecting: 'Connecting.', open: 'Live, over one stream.', lost: `Cut; ${why}.`, over: why, refused: why }[name]
  $('operate-said').textContent = text
  $('operate-said').classList.toggle('bad', name === 'refused' || name === 'lost')
  if (name === 'lost') hello = null
}

function event({ type, data }) {
  if (type === 'rivulet.hello') hello = JSON.parse(data)
  if (type.startsWith('rivulet.')) return
  const { topics: [topic], time, data: told } = JSON.parse(data)
  const view = views[topic.replace(/^rivulet\//, '')]
  if (topic.startsWith('rivulet/') && view) view(told)
  else trace.show(topic, type, time, told)
}

// ---- rates are made of counts; the first event has none

function rates(now) {
  const c = now.counts
  health(now)
  const then = before?.run === now.run ? before : null // behind a balancer the stream may come back to another node
  before = now
  const seconds = then ? (Date.parse(now.time) - Date.parse(then.time)) / 1000 : 0
  if (!(seconds > 0)) return
  const rate = (...names) => names.reduce((sum, name) => sum + c[name] - then.counts[name], 0) / seconds
  const sum = all => Object.values(all).reduce((a, b) => a + b, 0)
  const refused = (sum(now.refusals) - sum(then.refusals)) / seconds
  const replayed = rate('delivered-ring', 'delivered-log', 'delivered-pass')
  const published = rate('published')
  const live = rate('delivered-live')
  const kib = ['delivered-live-bytes', 'replayed-bytes', 'log-bytes-written'].map(name => rate(name) / 1024)
  facts($('rates'), [
    ['Streams', count(now.streams)], ['Published a second', label(published)], ['Delivered a second', label(live)],
    ['Replayed a second', label(replayed)],
    ['Refused a second', label(refused)], ['Opened a second', label(rate('streams-opened'))], ['Bytes sent a second', bytes((kib[0] + kib[1]) * 1024)]
  ])
  const t = Date.parse(now.time) / 1000
  charts.events.add(t, [published, refused])
  charts.delivered.add(t, [live, replayed])
  charts.bytes.add(t, kib)
}

function health(now) {
  facts($('health'), [
    ...now.node ? [['Node', `${now.node} (run ${now.run})`]] : [], ['State', now.state], ['Publishing', now.publishTrouble ?? 'works'], ['Refused in all', count(now.counts.refused)],
    ['Log', bytes(now.logBytes)], ['Its events', count(now.logEvents)], ['Its oldest', age(now.logAgeMs)],
    ['Disk queue', bytes(now.queueBytes)], ['Look-ups', count(now.lookUps)], ['Unsent', bytes(now.unsentBytes)]
  ])
  bars($('lag'), { none: 'have all', '1s': 'less than 1 s', '10s': 'less than 10 s', '1m': 'less than 1 min', more: 'more' }, now.lag)
  bars($('waiting'), { socket: 'its socket', rate: 'its rate', log: 'the log', memory: 'memory' }, now.waiting)
}

const age = ms => !ms ? 'none' : ms < 60_000 ? `${(ms / 1000).toFixed(0)} s ago` : ms < 5_400_000 ? `${(ms / 60_000).toFixed(0)} min ago`
  : ms < 172_800_000 ? `${(ms / 3_600_000).toFixed(0)} h ago` : `${(ms / 86_400_000).toFixed(0)} d ago`

function bars(place, names, values) {
  const most = Math.max(1, ...Object.values(values))
  if (!place.children.length) {
    for (const name of Object.keys(names)) {
      const box = document.createElement('div')
      const bar = document.createElement('progress')
      box.append(document.createElement('dt'), document.createElement('dd'))
      box.children[0].textContent = names[name]
      box.children[1].append(document.createElement('span'), bar)
      bar.setAttribute('aria-label', names[name])
      place.append(box)
    }
  }
  Object.keys(names).forEach((name, i) => {
    const [value, bar] = place.children[i].children[1].children
    value.textContent = count(values[name] ?? 0)
    bar.max = most
    bar.value = values[name] ?? 0
  })
}

// ---- settings

let written = null

function settings(data) {
  written = data
  const rows = data.settings.filter(one => $('settings-all').checked || one.source !== 'default')
  facts($('settings'), rows.length ? rows.map(one => [one.key, one.value || '(empty)', one.source])
    : [['none', 'All settings have their defaults.', '']])
}

$('settings-all').addEventListener('change', () => written && settings(written))
$('operate-form').addEventListener('submit', event => {
  event.preventDefault()
  open()
})
addEventListener('pagehide', leave)
addEventListener('pageshow', event => event.persisted && document.body.dataset.page === 'operate' && open())
inspect(ask)
