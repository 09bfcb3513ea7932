// What the doctor makes of its measurements. Nothing here measures, and nothing touches the page.
//
// No judgement is made by a clock alone. A stream is compared with short requests for the same events, which go the
// same way at the same time: where everything is slow, both are. Each judgement is { level, value, says, fault }.

const LATE_MS = 100
const PAUSE_MS = 150
const SKIPPED = 2
const OVERTAKEN = 2
const EXAMINED_LEAST = 3

const well = (value, says) => ({ level: 'well', value, says })
const advice = (fault, value, says) => ({ level: 'advice', fault, value, says })
const wrong = (fault, value, says) => ({ level: 'fault', fault, value, says })
const unsure = (value, says) => ({ level: 'unsure', value, says })
const ms = duration => duration < 10_000 ? `${Math.max(0, Math.round(duration))} ms` : `${Math.round(duration / 1000)} s`
const seconds = duration => `${(duration / 1000).toFixed(duration < 9_950 ? 1 : 0)} s`
const counted = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`

/**
 * How late the stream's events are behind the same events by short requests; infinite where one has not come.
 * The first ones are passed over: the hub may have opened the stream after them.
 */
export function lateness(polled, streamed) {
  const arrived = new Map(streamed.map(event => [event.id, event.at]))
  const due = polled.slice(SKIPPED)
  return due.map(event => {
    const at = arrived.get(event.id) ?? Infinity
    return { lateMs: at - event.at, overtakenBy: due.filter(other => other.at > event.at && other.at < at).length }
  })
}

/**
 * Whether events come when they happen. Of a stream that is held back an event is still away when later ones have long
 * come by short requests, each of which went to the hub and back meanwhile: so that is no matter of a slow machine.
 */
export function pace({ polled, reading, pausedMs, isHidden }) {
  const late = lateness(polled, reading.events)
  const examined = late.slice(0, -OVERTAKEN)
  if (examined.length < EXAMINED_LEAST) return unsure('', 'Too few events came to judge. Examine once more.')
  const held = examined.filter(one => one.overtakenBy >= OVERTAKEN).length
  if (held * 2 > examined.length) return heldBack(polled, reading)
  const times = late.map(one => one.lateMs).filter(isFinite).sort((a, b) => a - b)
  const median = times[times.length >> 1]
  const value = `${ms(median)} behind a short request`
  if (times.filter(time => time >= LATE_MS).length * 4 <= times.length * 3) {
    return well(median < LATE_MS ? 'at once' : value, 'Events come one by one, when they happen.')
  }
  if (isHidden || pausedMs > PAUSE_MS && pausedMs * 2 > median) {
    return unsure(value, 'Events came a little late, but this page itself stood still meanwhile: this machine is too slow '
      + 'to judge, or the page was in the background. Examine once more.')
  }
  return wrong('late', value, `Each event is about ${ms(median)} late, though short requests are quick: something waits for `
    + 'more before it hands on what it has.')
}

function heldBack(polled, reading) {
  const short = `While short requests brought ${counted(polled.length, 'event')} one by one,`
  const end = ' Something between this page and the hub holds the stream back.'
  if (!reading.head) return wrong('held', 'nothing came', `${short} the stream brought nothing, not even its head.${end}`)
  const got = reading.events.length
  if (got === 0) return wrong('held', 'no event came', `${short} the stream brought none.${end}`)
  const pieces = new Set(reading.events.map(event => event.piece)).size
  return wrong('held', `${counted(got, 'event')} in ${counted(pieces, 'piece')}`,
    `${short} the stream brought ${got} in ${counted(pieces, 'piece')}.${end}`)
}

/** The time until the first byte, which nobody is blamed for by itself: `pace` says whether it came at all. */
export function firstByte({ reading, pollMs }) {
  if (reading.firstAt === null) return unsure('none came', 'See whether events come.')
  return well(ms(reading.firstAt - reading.openedAt), `A short request takes ${ms(pollMs)} for the way and back.`)
}

/** Whether the hub's signs of life come through a silence. They are comments, which only a byte reader sees. */
export function heartbeats({ quiet, polledMeanwhile }) {
  if (!quiet.hello) return unsure('', 'The silent stream did not begin. See whether events come.')
  const beats = quiet.beats.length
  if (beats >= 2) return well(counted(beats, 'sign') + ' of life', 'A silent stream is kept alive by the hub, and this page sees it.')
  if (polledMeanwhile < 6) return unsure('', 'There was too little time to see one.')
  return wrong('held', 'none came', `In a silence of about ${polledMeanwhile} seconds none of the hub’s signs of life came: `
    + 'something holds small pieces back, or drops comments.')
}

/** A stream that ended by itself: by the hub, which then says when to come back, or by somebody else. */
export function cut({ reading }) {
  if (!reading.end || reading.end.how === 'closed here') return null
  if (reading.end.how === 'by the hub') {
    return unsure('ended by the hub', 'The hub ended the stream, as it does when it closes. Examine once more.')
  }
  const lived = reading.end.at - reading.openedAt
  const silent = reading.end.at - (reading.lastAt ?? reading.openedAt)
  return wrong('cut', `cut after ${seconds(lived)}`, `A stream was cut ${seconds(lived)} after it was opened and `
    + `${seconds(silent)} after its last byte, and not by the hub, which says farewell. `
    + (silent * 2 > lived || silent > 2_000 ? 'Something has an idle limit that is shorter than the hub’s heartbeat.'
      : 'Something allows an answer only so long.'))
}

/** None of them was cut. */
export const uncut = () => well('none so far', 'No stream ended while it was read.')

/** HTTP/1.1 has six connections to a host, which all pages share. */
export function version({ protocol, isSecure }) {
  const name = { h2: 'HTTP/2', h3: 'HTTP/3', 'http/1.1': 'HTTP/1.1', 'http/1.0': 'HTTP/1.0' }[protocol] ?? protocol
  if (!name) return unsure('unknown', 'This browser does not tell.')
  if (name === 'HTTP/2' || name === 'HTTP/3') return well(name, 'Many streams share one connection.')
  return advice('http1', name, 'A browser opens six connections to a host, for all its pages together; the seventh '
    + `stream waits. ${isSecure ? '' : 'Browsers speak HTTP/2 over TLS only. '}`
    + 'A person with more than five pages of yours wants HTTP/2.')
}

/** How many of the streams that were tried were open at the same time. */
export function atOnce({ open, tried }) {
  if (open >= tried) return well(`${tried} of ${tried}`, 'As many as this page tried were open at the same time.')
  return advice('http1', `${open} of ${tried}`, `${counted(open, 'stream')} of this page ${open === 1 ? 'was' : 'were'} open at `
    + 'the same time; the others waited, behind streams of other pages as well.')
}

/** What a page's own one line does. */
export function eventSource({ outcome }) {
  if (outcome === 'heard') return well('hears', 'The browser’s own EventSource gets events.')
  if (outcome === 'token') return unsure('not tried', 'An EventSource sends no token. A cookie would do (rivulet.token.cookie).')
  if (outcome === 'slow') return unsure('nothing came', 'Neither it nor short requests brought enough to judge. Examine once more.')
  return wrong(null, outcome, 'An EventSource of this page hears nothing, though a stream that is read by hand works. A '
    + 'service worker may stand between them, or an extension of the browser.')
}

/** Whether a client that comes back is understood: its cursor in the header, as browsers send it, or in the query. */
export function resume({ byHeader, byQuery }) {
  if (byHeader === 'exact') return well('exact', 'A client that comes back gets what it missed.')
  if (byHeader === 'live' && byQuery === 'exact') {
    return wrong('cursor', 'the header is lost', 'A client that comes back is taken for a new one: something takes the header '
      + 'Last-Event-ID away. In the query the cursor gets through.')
  }
  if (byHeader === 'live' && byQuery === 'live') {
    return wrong('cursor', 'the cursor is lost', 'Neither the header Last-Event-ID nor the query gets through to the hub.')
  }
  if (byHeader === null) return unsure('no answer', 'The request of a client that comes back was not answered.')
  return wrong('several', byHeader, 'An id that the hub gave a second ago is unknown to it now. Has it just '
    + 'started, or do several hubs that share no log stand behind one address?')
}

/** Whether somebody compresses the stream, which the hub never does. */
export function compression({ encoding, pace: howItGoes }) {
  if (!encoding || encoding === 'identity') return well('none', 'The stream comes as the hub wrote it.')
  if (howItGoes.level === 'well') {
    return advice('compressed', encoding, `Somebody compresses the stream with ${encoding}, though the hub asks for none (`
      + 'no-transform). Events still come at once, so this costs memory and processor only.')
  }
  return wrong('compressed', encoding, `Somebody compresses the stream with ${encoding}, though the hub asks for none `
    + '(no-transform). A compressor collects before it writes: it is the likely cause of what holds the stream back.')
}

/** What a stream's head says when it arrives here. */
export function head({ headers, requestIds }) {
  const kept = headers.get('Age') !== null || /\bhit\b/i.test(headers.get('X-Cache') ?? '')
    || new Set(requestIds).size < requestIds.length
  if (kept) {
    return wrong('cached', 'kept', 'An answer of the hub came out of somebody’s cache, though the hub forbids it (no-store).')
  }
  const type = headers.get('Content-Type') ?? 'none'
  if (!/^text\/event-stream\b/i.test(type)) {
    return wrong('cached', type, 'The stream has another content type than text/event-stream, so no EventSource reads it.')
  }
  const control = headers.get('Cache-Control') ?? ''
  if (!control.includes('no-store')) {
    return advice('cached', control || 'no Cache-Control', 'Somebody has changed Cache-Control: the hub says no-store, no-cache, '
      + 'no-transform. A cache or a compressor may now think that it may.')
  }
  return well('as the hub sent it', 'Its type is text/event-stream, and nobody may keep it.')
}

/** Whether pages of other origins would get the hub's answer to what their browsers ask first. */
export function cors({ status, allow, origin, requestId }) {
  if (status !== 204 || !allow || !requestId) {
    return wrong('cors', `OPTIONS is answered ${status || 'by nobody'}`, 'Somebody before the hub answers OPTIONS. What '
      + 'browsers ask for pages of other origins never reaches it, so they may not send a token or a cursor.')
  }
  if (origin === '*' || origin?.includes(',')) {
    return wrong('cors', origin, 'Somebody adds Access-Control-Allow-Origin to the hub’s answers. The hub names one origin, '
      + 'and with a second one, or a star, browsers refuse an answer that cookies belong to.')
  }
  return well('reaches the hub', 'Pages of other origins may read as far as rivulet.cors.origins names them.')
}

/** Whether the hub knows the name that pages have for it. */
export function name({ ours, hubs }) {
  if (!hubs) return unsure('unknown', 'The hub’s page does not tell.')
  if (hubs === ours) return well(ours, 'The hub is asked by the name that this page has.')
  return advice('name', hubs, `This page is at ${ours}, and the hub is asked as ${hubs}: it takes this origin for a stranger’s `
    + 'where a cookie or a login shows who the caller is.')
}

/** Who says that he stands between. The container says its name through any proxy, so it is no guess. */
export function between({ headers }) {
  const said = ['Via', 'Server', 'CF-Ray', 'X-Varnish', 'X-Served-By', 'X-Cache', 'X-Envoy-Upstream-Service-Time']
    .filter(header => headers.get(header)).map(header => `${header}: ${headers.get(header)}`)
  const text = said.join(', ')
  const guess = ['nginx', 'HAProxy', 'Apache', 'Caddy', 'Traefik', 'Cloudflare']
    .find(proxy => text.toLowerCase().includes(proxy === 'Cloudflare' ? 'cf-ray' : proxy.toLowerCase()))
  return { guess: guess ?? null, level: 'well', value: text || 'nobody says his name',
    says: text ? 'So answers say it.' : 'A proxy need not say that it is there.' }
}

/** Why nothing could be examined: what short requests were answered. */
export function refused({ status, detail, hasToken }) {
  const own = detail ? ` It says: ${detail}` : ''
  switch (status) {
    case 0: return wrong(null, 'no answer', 'The hub cannot be reached from this page. Over HTTP/1.1 a browser has six '
      + 'connections to a host: close other pages of this one and examine once more.')
    case 200: return unsure('come back later', 'The hub asks to come back later: it starts, it closes, or it is full.')
    case 204: return wrong(null, '204', 'The hub lets nobody in who is banned, and this caller is.')
    case 401: return wrong(null, '401', hasToken ? `The token is not accepted.${own}`
      : `Reading takes a token or a login here. Give a token that may subscribe to clock.${own}`)
    case 403: return wrong(null, '403', `This caller may not subscribe to clock. The token wants a grant for it.${own}`)
    case 404: return wrong(null, '404', 'Nobody is at the hub’s path: the proxy sends it elsewhere.')
    case 429: return unsure('429', `This address or subject has as many streams as it may.${own}`)
    case 502: case 503: case 504:
      return wrong('down', String(status), `The proxy does not reach the hub, or the hub is not ready.${own}`)
    default: return wrong(null, String(status), `The hub’s path is answered ${status}.${own}`)
  }
}

/** Short requests are answered, and no event is in them. */
export const silent = () => wrong(null, 'no event', 'Requests are answered, but none has an event of clock, which comes '
  + 'every second. Where rivulet.private.topics names it, it takes a token that grants clock.')

/** All judgements in one sentence. */
export function verdict(judgements) {
  const faults = judgements.filter(one => one.level === 'fault').length
  const advices = judgements.filter(one => one.level === 'advice').length
  if (faults) return { level: 'fault', text: faults === 1 ? 'One thing is wrong' : `${faults} things are wrong` }
  if (judgements.some(one => one.level === 'unsure' && one.matters)) return { level: 'unsure', text: 'This could not be judged' }
  return { level: 'well', text: 'All is well', more: advices === 0 ? '' : advices === 1 ? 'One thing could be better.'
    : `${advices} things could be better.` }
}
