// The page Live: one stream, and who shows what of it. An EventSource does not say which topic an event is of, so the
// feeds are told apart by their types.

import { Answers } from './answers.js'
import { $, item, timeOf, trim } from './dom.js'
import { Notifications } from './notify.js'
import { Stream } from './stream.js'
import * as views from './views.js'

const HISTORY_MAX = 5
const updates = new URL('api/updates', document.baseURI).href
const topics = JSON.parse(document.body.dataset.topics)
const below = prefix => topics.filter(topic => topic.startsWith(prefix)).map(topic => topic.slice(prefix.length))

const showTime = views.clock()
const showByType = {
  host: views.host(),
  quote: views.quotes(below('quotes/')),
  earthquake: views.earthquakes(),
  log: views.logs(below('logs/').length > 1)
}
const stream = new Stream(updates, [...topics, 'news'], Object.keys(showByType))
const notifications = new Notifications(stream, $('publish'))

let received = 0
let doubled = 0
let missed = 0

stream.addEventListener('event', ({ detail: { event, again } }) => {
  $('received').textContent = ++received
  $('last-id').textContent = event.lastEventId
  if (again) $('doubled').textContent = ++doubled
  const data = parsed(event.data)
  if (event.type === 'message' && isTick(data)) showTime(data)
  else if (!shownByFeed(event.type, data)) notifications.show(event, again)
})

stream.addEventListener('control', ({ detail: { type, data } }) => {
  $('last-id').textContent = stream.lastId
  if (type === 'rivulet.hello') {
    $('connection').textContent = data.connection ?? 'unnamed'
    $('resumed').textContent = data.resumed ?? 'live'
    tell(`connected, ${data.resumed ?? 'live'}`)
  }
  if (data.missed || data.resumed === 'reset' || data.resumed === 'partial' || type === 'rivulet.gap') {
    missed = data.missed == null || missed === 'unknown' ? 'unknown' : missed + data.missed
    $('missed').textContent = missed
    tell(`${data.missed ?? 'an unknown number of'} events are beyond reach`)
  }
})

let stateBefore = ''
stream.addEventListener('state', ({ detail: { state, why } }) => {
  $('topic-count').textContent = stream.topics.length
  document.body.dataset.state = state
  $('state').textContent = { connecting: 'connecting', open: 'live', lost: 'offline, trying again', refused: why }[state]
  if (state !== 'open' && state !== stateBefore) tell(why ? `${state}: ${why}` : state)
  stateBefore = state
})

$('url').textContent = updates
stream.open('')
if (document.body.dataset.answers) new Answers(updates, new URL('api/topics/cancel', document.baseURI).href)

// anybody may publish with a feed's type: what is not a feed's data is shown as what it is, a notification
function shownByFeed(type, data) {
  try {
    if (!showByType[type] || data === null) return false
    showByType[type](data)
    return true
  } catch {
    return false
  }
}

function parsed(text) {
  try { return JSON.parse(text) } catch { return null }
}

function isTick(data) {
  return data !== null && typeof data === 'object' && Object.keys(data).join() === 'time' && !isNaN(Date.parse(data.time))
}

function tell(what) {
  $('history').prepend(item('', [['time', timeOf(new Date())], ['', what]]))
  trim($('history'), HISTORY_MAX)
}
