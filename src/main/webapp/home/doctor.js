// The page Doctor: examines what stands between this browser and the hub, says what is wrong, and shows the lines that
// repair it. `examine.js` measures, `diagnosis.js` judges, `repairs.js` has the lines; here it is only shown.

import { $, copyButtons } from './dom.js'
import { verdict } from './diagnosis.js'
import { Examination, Watch } from './examine.js'
import { REPAIRS } from './repairs.js'

const CHECKS = {
  'let in': 'A short request', pace: 'Events come when they happen', 'first byte': 'Time to the first byte',
  heartbeats: 'Signs of life', cut: 'Cuts', resume: 'Coming back', EventSource: 'EventSource', version: 'HTTP version',
  'at once': 'Streams at once', compression: 'Compression', head: 'The stream’s head', cors: 'Other origins (CORS)',
  name: 'The hub’s name', between: 'In between', watch: 'A long silence'
}
const LEVELS = { well: 'well', advice: 'could be better', fault: 'wrong', unsure: 'not judged' }
const updates = new URL('../api/updates', document.baseURI).href

let examination = null
let watch = null
let judgements = new Map()

$('doctor-form').addEventListener('submit', event => {
  event.preventDefault()
  examine()
})
$('doctor-copy').addEventListener('click', copyReport)
$('doctor-examine').disabled = false // before this script was there the form would have loaded the page anew

addEventListener('pagehide', leave)

/** Nothing stays open. */
function leave() {
  examination?.close()
  watch?.close()
}

async function examine() {
  leave()
  const mine = examination = new Examination(updates, $('doctor-token').value.trim(), (check, what) => {
    if (examination === mine) hear(check, what)
  })
  judgements = new Map()
  $('doctor-checks').replaceChildren()
  $('doctor-none').hidden = true
  $('doctor-faults').hidden = true
  $('doctor-copy').disabled = true
  $('doctor-drawing').replaceChildren()
  $('doctor-figure').hidden = true
  $('doctor-examine').disabled = true
  show({ level: 'running', text: 'Examining' })
  try {
    await mine.run()
  } catch (fault) { // a fault of this page is no verdict on anybody else
    hear('let in', { level: 'unsure', value: 'this page failed', says: String(fault), matters: true })
  }
  if (examination !== mine) return
  $('doctor-examine').disabled = false
  $('doctor-examine').textContent = 'Examine again'
  $('doctor-copy').disabled = false
  conclude()
  if (!judgements.has('let in')) {
    watch = new Watch(updates, $('doctor-token').value.trim(), judgement => {
      if (examination !== mine) return
      hear('watch', judgement)
      if (judgement.level !== 'well') conclude()
    })
  }
}

function hear(check, what) {
  if (check === 'step') $('doctor-step').textContent = what
  else if (check === 'drawing') draw(what)
  else {
    judgements.set(check, what)
    row(check, what)
  }
}

function conclude() {
  const all = [...judgements.values()]
  show(verdict(all))
  showRepairs(all)
}

function show({ level, text, more = '' }) {
  $('doctor-verdict').dataset.level = level
  $('doctor-verdict').textContent = text
  $('doctor-step').textContent = more
}

/** A row of what was measured; a check that is told again changes its row. */
function row(check, { level, value, says }) {
  const id = `doctor-${check.replaceAll(' ', '-')}`
  const mark = element('span', { class: 'mark' }, LEVELS[level])
  const line = element('li', { id, 'data-level': level }, mark, element('h3', {}, CHECKS[check]),
    element('p', { class: 'value' }, value), element('p', { class: 'quiet' }, says))
  const old = $(id)
  if (old) return old.replaceWith(line)
  const order = Object.keys(CHECKS).map(each => `doctor-${each.replaceAll(' ', '-')}`)
  const behind = [...$('doctor-checks').children].find(each => order.indexOf(each.id) > order.indexOf(id))
  $('doctor-checks').insertBefore(line, behind ?? null)
}

/** The lines for each fault, those of a proxy that told its name first and open. */
function showRepairs(all) {
  const guess = judgements.get('between')?.guess
  const found = new Map()
  for (const { level, fault, says } of all) {
    if ((level === 'fault' || level === 'advice') && fault && !found.has(fault)) found.set(fault, { level, says })
  }
  const cards = [...found].sort(([, a], [, b]) => (a.level === 'fault' ? 0 : 1) - (b.level === 'fault' ? 0 : 1))
    .map(([fault, { level, says }]) => card(REPAIRS.find(repair => repair.fault === fault), level, says, guess))
  $('doctor-repairs').replaceChildren(...cards)
  $('doctor-faults').hidden = cards.length === 0
  $('doctor-faults-h').textContent = all.some(each => each.level === 'fault') ? 'What to change' : 'What could be better'
  copyButtons($('doctor-repairs'))
}

function card(repair, level, says, guess) {
  const isGuessed = line => guess !== null && guess !== undefined && line.for.startsWith(guess)
  const lines = [...repair.lines].sort((a, b) => isGuessed(b) - isGuessed(a)).map(line => {
    const details = element('details', { name: repair.fault }, element('summary', {}, line.for),
      element('pre', {}, element('code', {}, line.text.join('\n'))))
    details.open = isGuessed(line)
    return details
  })
  return element('article', { 'data-fault': repair.fault, 'data-level': level },
    element('h3', {}, repair.title), element('p', {}, says), ...lines)
}

/**
 * Each event as a line from the short request that brought it to the stream that did: upright where both came at the same
 * time, slanting where the stream was late, and without an end where it never came.
 */
function draw({ polled, streamed, from }) {
  if (polled.length === 0) return
  const arrived = new Map(streamed.map(event => [event.id, event.at]))
  const end = Math.max(...polled.map(event => event.at), ...streamed.map(event => event.at))
  const x = at => `${(2 + 94 * (at - from) / Math.max(1, end - from)).toFixed(2)}%`
  const parts = []
  for (const y of [18, 62]) parts.push(svg('line', { x1: 0, x2: '100%', y1: y, y2: y, class: 'rail' }))
  for (const event of polled) {
    const at = arrived.get(event.id)
    if (at !== undefined) parts.push(svg('line', { x1: x(event.at), y1: 18, x2: x(at), y2: 62, class: 'way' }))
    parts.push(svg('circle', { cx: x(event.at), cy: 18, r: 5 }))
  }
  for (const event of streamed) parts.push(svg('circle', { cx: x(event.at), cy: 62, r: 5, class: 'streamed' }))
  $('doctor-drawing').replaceChildren(...parts)
  $('doctor-drawing').setAttribute('aria-label',
    `${polled.length} events by short requests, ${streamed.length} by the stream, within ${Math.round((end - from) / 1000)} seconds`)
  $('doctor-figure').hidden = false
}

async function copyReport() {
  const lines = [`${$('doctor-verdict').textContent}: ${updates}`, navigator.userAgent]
  for (const [check, { level, value, says }] of judgements) lines.push(`${LEVELS[level]}: ${CHECKS[check]}: ${value}. ${says}`)
  let said = 'Copied'
  try {
    await navigator.clipboard.writeText(lines.join('\n'))
  } catch { // a page without TLS has no clipboard
    const area = element('textarea', { class: 'unseen' })
    area.value = lines.join('\n')
    document.body.append(area)
    area.select()
    said = document.execCommand('copy') ? said : 'Not copied'
    area.remove()
  }
  $('doctor-copy').textContent = said
  setTimeout(() => { $('doctor-copy').textContent = 'Copy the report' }, 2000)
}

function element(name, attributes, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children)
  return made
}

function svg(name, attributes) {
  const made = document.createElementNS($('doctor-drawing').namespaceURI, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
