// The page Try: a stream as it is on the wire beside what it means, publishing, recording, code, and tokens in dev mode.

import { $, item } from './dom.js'
import { Recording } from './record.js'
import { snippet } from './snippets.js'
import { FetchWire, SourceWire, reason } from './wire.js'

const ROWS_MAX = 500
const RAW_PIECES_MAX = 1500
const at = path => new URL(path, document.baseURI).href
const updates = at('api/updates')
const form = $('try-form')
const lines = text => text.split('\n').map(line => line.trim()).filter(line => line)
const token = () => $('try-token').value.trim()
const headers = () => token() ? { Authorization: `Bearer ${token()}` } : {}

let wire = null
let counts
let before = 0
let lostAt = 0

// ---- the stream

/** The URL of what is asked for now. */
function url() {
  const whole = new URL(updates)
  const fields = form.elements
  for (const topic of lines(fields.topic.value)) whole.searchParams.append(fields.matcher.value, topic)
  for (const name of ['since', 'last_event_id', 'rate', 'topic.rate']) {
    if (fields[name].value.trim()) whole.searchParams.set(name, fields[name].value.trim())
  }
  if (fields.envelope.checked) whole.searchParams.set('envelope', 'json')
  return whole.href
}

const byEventSource = () => form.elements.transport.value === 'eventsource'
const types = () => $('try-types').value.split(/[\s,]+/).filter(type => type)

function open() {
  close('')
  counts = { events: 0, bytes: 0, connections: 0, missed: 0 }
  before = lostAt = 0
  figures()
  clear()
  const on = { state, raw, event }
  wire = byEventSource() ? new SourceWire(url(), types(), on)
    : new FetchWire(url(), token(), form.elements.transport.value === 'poll', on)
  if (byEventSource()) note('An EventSource keeps the bytes to itself. fetch and long polling show them.')
  buttons()
}

function close(why = 'closed') {
  wire?.close()
  wire = null
  if (why) state(why)
  buttons()
}

function buttons() {
  $('try-cut').disabled = $('try-close').disabled = !wire
}

function cut() {
  lostAt = performance.now()
  row('mark', [['', 'You have cut the connection.']])
  wire.cut(at('api/connections'))
}

function state(name, why = '') {
  $('try-state').textContent = { open: 'live', lost: 'cut' }[name] ?? name
  $('try-state').className = name === 'refused' ? 'bad' : ''
  say(why, name === 'refused')
  if (name === 'connecting') $('try-connections').textContent = ++counts.connections
  if (name === 'lost') lostAt ||= performance.now()
  if (name === 'refused' || name === 'over') {
    wire = null
    buttons()
  }
}

function say(text, bad = false) {
  $('try-said').textContent = text
  $('try-said').classList.toggle('bad', bad)
}

function raw(text, bytes) {
  counts.bytes += bytes
  follow($('try-raw'), () => {
    $('try-raw').append(text)
    while ($('try-raw').childNodes.length > RAW_PIECES_MAX) $('try-raw').firstChild.remove()
  })
  figures()
}

function event({ type, data, id, bytes }) {
  counts.events++
  if (byEventSource()) counts.bytes += bytes
  if (type === 'rivulet.hello') hello(data)
  if (type === 'rivulet.gap') missed(JSON.parse(data).missed)
  recording.add({ type, data, id })
  show({ type, data, id, bytes })
  figures()
}

function show({ type, data, id, bytes }, replayed = false) {
  const now = performance.now()
  row(type.startsWith('rivulet.') ? 'quiet' : '', [
    ['delta', before ? `+${span(now - before)}` : 'first'],
    ['badge', type],
    ['size', `${bytes} B`],
    ['badge bad', replayed ? 'replayed' : ''],
    ['data', data],
    ['id', id]
  ])
  before = now
}

function hello(data) {
  const { resumed, missed: gone } = JSON.parse(data)
  $('try-resumed').textContent = resumed ?? 'live'
  missed(gone ?? (resumed === 'partial' || resumed === 'reset' ? null : 0))
  if (lostAt) {
    const told = gone ? `${gone} missed` : resumed === 'exact' ? 'nothing missed' : 'what was missed is unknown'
    row('mark', [['', `Back after ${span(performance.now() - lostAt)}: ${resumed}, ${told}.`]])
    lostAt = 0
  }
}

function missed(more) {
  counts.missed = more === null || counts.missed === 'unknown' ? 'unknown' : counts.missed + more
}

const span = ms => ms < 1000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`

function row(name, parts) {
  follow($('try-parsed').parentElement, () => {
    $('try-parsed').append(item(`arrived ${name}`, parts))
    while ($('try-parsed').children.length > ROWS_MAX) $('try-parsed').firstElementChild.remove()
  })
}

function note(text) {
  const place = document.createElement('span')
  place.className = 'quiet'
  place.textContent = text
  $('try-raw').replaceChildren(place)
}

// whoever has scrolled back reads there
function follow(pane, change) {
  const atEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 40
  change()
  if (atEnd) pane.scrollTop = pane.scrollHeight
}

function figures() {
  for (const name of ['events', 'bytes', 'missed']) $(`try-${name}`).textContent = counts[name].toLocaleString()
}

function clear() {
  $('try-raw').replaceChildren()
  $('try-parsed').replaceChildren()
}

form.addEventListener('submit', event => {
  event.preventDefault()
  open()
})
$('try-cut').addEventListener('click', cut)
$('try-close').addEventListener('click', () => close())
$('try-clear').addEventListener('click', clear)
// a page that is left for another one, and may be shown again, holds no connection
addEventListener('pagehide', () => wire && close())

// ---- what is typed changes the URL, and the code

function typed() {
  $('try-types-label').hidden = !byEventSource()
  $('try-token').disabled = byEventSource()
  $('try-url').textContent = url()
  code()
}

function code() {
  const pick = name => document.querySelector(`input[name="${name}"]:checked`).value
  const sent = sending.elements
  const to = new URL(updates)
  to.searchParams.set('topic', sent.topic.value)
  if (sent.type.value) to.searchParams.set('type', sent.type.value)
  // a token is letters, digits and few signs; anything else would not be one, and may not stand in a program
  const safe = token().replace(/[^\w.~+/=-]/g, '')
  $('snippet').textContent = snippet(pick('what'), pick('language'), {
    url: url(), types: byEventSource() ? types() : [], token: safe, client: at('rivulet.js'), to: updates, at: to.href,
    topic: sent.topic.value, type: sent.type.value, data: sent.data.value.split('\n')[0]
  })
}

// ---- publishing

const sending = $('send-form')
let loop = 0

async function post(target, body, type) {
  const answer = await fetch(target, { method: 'POST', body,
    headers: { Accept: 'application/json', ...headers(), ...type && { 'Content-Type': type } } })
  if (!answer.ok) throw new Error(await reason(answer))
  return answer.json()
}

function fields(data) {
  const { topic, type } = sending.elements
  return new URLSearchParams({ topic: topic.value, data, ...type.value && { type: type.value } })
}

async function attempt(place, what) {
  try {
    sent(await what(), place)
    return true
  } catch (fault) {
    sent(fault instanceof TypeError ? 'no answer; try again' : fault.message, place, true)
    return false
  }
}

function sent(text, place = 'sent', bad = false) {
  $(place).textContent = text
  $(place).classList.toggle('bad', bad)
}

function publish() {
  const { mode, topic, type, data } = sending.elements
  stop()
  if (mode.value === 'one') {
    attempt('sent', async () => `Published as ${(await post(updates, fields(data.value))).id}`)
  } else if (mode.value === 'lines') {
    const target = new URL(updates)
    target.searchParams.set('stream', 'lines')
    target.searchParams.set('topic', topic.value)
    if (type.value) target.searchParams.set('type', type.value)
    attempt('sent', async () => {
      const { count, first, last } = await post(target, data.value, 'text/plain')
      return `Published ${count} lines, ${first} to ${last}`
    })
  } else {
    repeat()
  }
}

/** A line after the other, and from the first again; one that is not answered yet is waited for. */
function repeat() {
  let count = 0
  let waits = false
  const send = async () => {
    if (waits) return
    waits = true
    const all = lines(sending.elements.data.value)
    const line = all.length ? all[count % all.length] : ''
    if (await attempt('sent', async () => `${(await post(updates, fields(line)), ++count)} published`)) waits = false
    else stop()
  }
  const rate = Math.min(50, Math.max(1, Number(sending.elements.rate.value) || 1))
  loop = setInterval(send, 1000 / rate)
  $('send-stop').disabled = false
  send()
}

function stop() {
  clearInterval(loop)
  loop = 0
  $('send-stop').disabled = true
}

sending.addEventListener('submit', event => {
  event.preventDefault()
  publish()
})
$('send-stop').addEventListener('click', stop)

// ---- recording

const recording = new Recording({
  show: event => show(event, true),
  publish: event => post(updates, new URLSearchParams({ topic: sending.elements.topic.value, data: event.data,
    ...event.type !== 'message' && { type: event.type } }))
})

// ---- tokens

const minting = $('mint-form')
let minted = ''

minting.addEventListener('submit', event => {
  event.preventDefault()
  const wish = new URLSearchParams()
  const { publish: may, subscribe, subject, ttl, operate } = minting.elements
  for (const topic of lines(may.value)) wish.append('publish', topic)
  for (const topic of lines(subscribe.value)) wish.append('subscribe', topic)
  if (subject.value) wish.set('subject', subject.value)
  if (ttl.value) wish.set('ttl', ttl.value)
  if (operate.checked) wish.set('operate', 'true')
  attempt('minted', async () => {
    // without the token above: the maker serves this machine, whoever else may ask
    const answer = await fetch(at('api/tokens'), { method: 'POST', body: wish, headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(await reason(answer))
    minted = (await answer.json()).token
    $('minted-token').hidden = false
    $('minted-token').textContent = minted
    $('mint-use').disabled = false
    return 'Signed with the key of this hub.'
  })
})
$('mint-use').addEventListener('click', () => {
  $('try-token').value = minted
  typed()
  $('try-token').focus()
})

$('page-try').addEventListener('input', typed)
typed()
