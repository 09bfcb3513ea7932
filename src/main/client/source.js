// The browser's side of a hub: what EventSource is, without its limits. docs/client.md tells how it is used.
//
// This is the source, in ECMAScript 5, and nothing here needs a build: rivulet.js and rivulet.es5.js beside it are this
// text without comments and indentation, wrapped once as a module and once as a script. ClientFilesTest keeps them so
// and writes them anew.
//
// The one hard thing is that nothing is lost and nothing comes twice, whatever ends: a connection, a transport, a hub,
// a page. One rule gives it. `id` is the id of the last event that was shown, and every connection is asked for with it.
// An attempt has a number (`turn`), and what comes late from an earlier attempt is not heard.
//
// Tabs that share have one stream, that of a second Rivulet in the tab that has the lock (the leader). It tells the
// others by a channel what comes, and to each of them this is a transport like others: `shared`.

var CONTROLS = ['hello', 'gap', 'cursor', 'topics', 'expiring', 'heartbeat', 'end'].map(function (name) {
  return 'rivulet.' + name
})
var POLL_S = 25
/** An XHR keeps all that it has got: its stream ends after so many bytes, and the next one goes on. */
var XHR_MAX = 256000
var ANSWER_MS = 30000
/** So many characters of topics stand in a URL: servers and proxies take 8 KB of a request with all of its headers. */
var TOPICS_MAX = 3000

function now() {
  return Date.now()
}

function nothing() {}

function absolute(url) {
  if (!self.document) return new URL(url, location.href).href
  var link = document.createElement('a')
  link.href = url
  return link.href
}

/** 26 letters and digits that nobody guesses, where the browser has a source of such. */
function random() {
  var text = ''
  var bytes = self.crypto ? crypto.getRandomValues(new Uint8Array(26)) : []
  for (var i = 0; i < 26; i++) text += ((bytes[i] || Math.random() * 256) % 32 | 0).toString(32)
  return text
}

function set(names) {
  var all = {}
  names.forEach(function (name) { all[name] = 1 })
  return all
}

function long(names) {
  return encodeURIComponent(names).length > TOPICS_MAX
}

/** A promise; where there is none it works without an answer. */
function promise(start) {
  if (self.Promise) return new Promise(start)
  start(nothing, nothing)
}

function stored(key, value) {
  try {
    if (value === undefined) return sessionStorage.getItem(key)
    sessionStorage.setItem(key, value)
  } catch (e) {
    // a page that may not keep anything goes without
  }
}

/** Reads the text of an event stream as it comes, in pieces of any size. The browser has taken a mark of byte order. */
function parser(take, retry) {
  var rest = ''
  var data = []
  var type = ''
  var id
  return function (text) {
    // a CR at the end may be half of a CRLF
    var lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop()
    lines.forEach(function (line) {
      var parts = /^([^:]*):? ?([^]*)/.exec(line)
      var name = parts[1]
      var value = parts[2]
      if (!line) {
        if (data.length) take(type || 'message', data.join('\n'), id)
        data = []
        type = ''
      } else if (name === 'data') data.push(value)
      else if (name === 'event') type = value
      else if (name === 'id' && value.indexOf('\0') < 0) id = value
      else if (name === 'retry' && /^\d+$/.test(value)) retry(+value)
    })
  }
}

/** `relay` is for the stream of a leader: it gets all that comes, and how the stream is. */
function Rivulet(url, options, relay) {
  var me = this
  var o = options || {}
  me.url = absolute(url)
  me.withCredentials = !!o.withCredentials
  // of a hub that sends nothing of its own: no greeting, no heartbeats that a script can see, no changes of topics
  var plain = o.plain || /\/\.well-known\/mercure|[?&]hello=false/.test(url)
  var beat = o.heartbeat || +(/[?&]heartbeat=(\d+)/.exec(url) || [0, 15])[1]
  var mute = (o.mute || 10) * 1000
  var pause = (o.pause || 30) * 1000
  var key = o.persist && 'rivulet:' + (o.persist === true ? me.url : o.persist)
  var id = o.lastEventId || key && stored(key) || ''
  var listeners = {}

  var topics = {}         // what is wanted, and how often
  var has = {}            // what the open stream has
  var late = {}           // what was added and has not been on a stream yet: it begins where that is, not after `id`
  var asked = {}          // what stands in the URL
  var rest = false        // whether there is more, which the hub knows by the session
  var session
  var waits = []          // who wants to know when a topic is there
  var base = me.url.replace(/#.*/, '').replace(/([?&])topic=([^&]*)/g, function (all, before, topic) {
    want(decodeURIComponent(topic.replace(/\+/g, ' ')))
    return before
  }).replace(/([?&])&+/g, '$1').replace(/[?&]$/, '')
  ;(o.topics || []).forEach(want)
  // matchers, or the topics that the hub has for those who name none: these stay whatever is subscribed to
  var fixed = !o.topics && !Object.keys(topics).length || /[?&]match/.test(base)
  var updates = base.replace(/\?.*/, '')
  var origin = updates.split('/').slice(0, 3).join('/')
  var memory = 'rivulet:transport:' + updates
  // a text stands for who asks: without it, nobody knows whether a token of another tab is the same person's
  var share = o.share && !plain && !fixed && !/[?&]envelope/.test(base) && (o.share !== true || !o.token && !o.headers)
    && self.BroadcastChannel && navigator.locks && ['rivulet', base, me.withCredentials, o.share].join()

  var turn = 0
  var source = null       // what ends the attempt, by close()
  var hello = null        // of the open stream
  var greeted = false     // the stream has begun to speak
  var ever = false
  var flows = false       // events have come as they were sent: nothing holds them up
  var kind = ''           // the transport
  var asking = false      // the next attempt shall tell a status, which an EventSource cannot
  var poll = stored(memory) === 'poll'
  var mutes = 0
  var heard = 0
  var retry = 0
  var tries = 0
  var timer = 0
  var calm = 0
  var calmAt = 0
  var patching            // to be done when the stream says that it has other topics
  var single = false      // topics are added one by one
  var token
  var renewed = false
  var subject
  var anonymous           // whether it was somebody's before
  var queue = []
  var sending = false
  var sendTries = 0
  var sendTimer = 0
  var told = {}
  var said

  var tab
  var channel
  var leave               // tells that this tab has left
  var claim               // of this tab to the lock
  var run                 // of which stream of which leader this tab hears
  var held                // what it has told while this tab looked for what it had missed
  var seen                // ids that a look has shown, and that the leader may be about to tell

  me.readyState = 0
  me.onopen = me.onmessage = me.onerror = null
  me.onstate = o.onstate || null
  me.onresume = o.onresume || null

  function want(topic) {
    topics[topic] = (topics[topic] || 0) + 1
  }

  function own() {
    return Object.keys(topics)
  }

  // -- what the page is told

  function call(listener, event) {
    try {
      if (typeof listener === 'function') listener.call(me, event)
      else if (listener) listener.handleEvent(event)
    } catch (e) {
      setTimeout(function () { throw e })
    }
  }

  function emit(type, event) {
    event.type = type
    event.target = event.currentTarget = me
    if (/^(open|error|message)$/.test(type)) call(me['on' + type], event)
    ;(listeners[type] || []).slice().forEach(function (one) {
      if (one.once) me.removeEventListener(type, one.listener)
      call(one.listener, event)
    })
  }

  function tell(state, why) {
    var next = why || {}
    next.state = state
    next.transport = kind
    next.anonymous = anonymous
    var tells = [state, kind, next.status, anonymous].join()
    if (tells === said) return
    said = tells
    told = next
    if (relay) relay({ state: next })
    call(me.onstate, next)
  }

  function resumed(how, from) {
    call(me.onresume, { resumed: how, missed: from.missed, transient: from.transient })
  }

  // -- what comes

  function greet() {
    if (greeted) return
    greeted = ever = true
    asking = renewed = false
    tries = 0
    if (kind === 'poll' && poll) stored(memory, kind)
    if (me.readyState !== 1) {
      me.readyState = 1
      emit('open', {})
    }
    if (plain) tell('live')
    send()
  }

  // the hub does not tell when it has sent all that was missed: live is who was quiet for a moment
  function quieten() {
    clearTimeout(calm)
    calm = setTimeout(function () {
      if (me.readyState === 1) tell('live')
    }, 200)
  }

  function greeting(data) {
    var goesOn = me.readyState === 1
    anonymous = subject && !data.as || undefined
    if (rest) {
      // those that the hub has forgotten begin anew
      var before = Object.keys(has)
      has = {}
      data.topics.filter(function (topic) { return !fixed || topics[topic] }).forEach(on)
      if (data.resumed === 'exact' && !before.every(function (topic) { return has[topic] })) {
        data.resumed = 'partial'
        data.missed = null
      }
    }
    hello = data
    subject = data.as
    greeted = false
    greet()
    if (data.resumed === 'live' || goesOn && data.resumed === 'exact') tell('live')
    else {
      resumed(data.resumed, data)
      calmAt = now() + 10000
      tell('catching up')
      quieten()
    }
    flush()
  }

  function incoming(type, data, newId) {
    var control = CONTROLS.indexOf(type) >= 0 && JSON.parse(data)
    heard = now()
    if (newId) id = newId
    if (type === 'rivulet.hello') greeting(control)
    else {
      mutes = 0
      flows = flows || kind !== 'poll'
      greet()
      if (told.state !== 'catching up') tell('live')
      else if (heard < calmAt) quieten()
    }
    if (type === 'rivulet.gap') resumed('partial', control)
    if (type === 'rivulet.expiring') renew()
    if (relay) relay({ type: type, data: data, id: newId }, control)
    if (type === 'rivulet.topics' && patching) patching()
    if (type !== 'rivulet.heartbeat') emit(type, { data: data, lastEventId: id, origin: origin })
    if (type === 'rivulet.end') finish('ended', control)
  }

  // -- attempts

  function cut() {
    turn++
    clearTimeout(timer)
    clearTimeout(calm)
    timer = 0
    hello = null
    greeted = patching = false
    run = held = null
    if (source) source.close()
    source = null
  }

  function able(name) {
    if (o.transports && o.transports.indexOf(name) < 0) return false
    if (name === 'eventsource') return self.EventSource && !asking && !relay && !o.token && !o.headers
    if (name === 'fetch') return self.fetch && self.ReadableStream && self.AbortController
    return true
  }

  function connect() {
    cut()
    if (me.readyState === 2) return
    var names = own()
    join()
    kind = share ? 'shared' : poll && able('poll') ? 'poll' :
      ['eventsource', 'fetch', 'xhr', 'poll'].filter(able)[0] || 'eventsource'
    var early = names.filter(function (topic) { return !late[topic] })
    if (!fixed && !early.length) {
      // nothing goes on
      early = names
      late = {}
      if (ever) id = ''
    }
    has = set(early)
    rest = !plain && !/poll|shared/.test(kind) && long(early)
    if (!rest || !session) {
      session = random()
      while (rest && long(early)) early.pop()
      asked = set(early)
    }
    if (!fixed && !names.length) {
      me.readyState = 0
      part()
      return tell('idle')
    }
    // a poll tells by its end where it then is
    if (kind === 'poll' && names.length > early.length) patching = nothing
    if (me.readyState !== 1 && !/refused|offline/.test(told.state)) tell('connecting')
    heard = now()
    var way = { shared: byLeader, eventsource: byEventSource, fetch: byFetch }[kind] || byXhr
    authorised(mine(way), mine(function (e) { failed({ reason: String(e) }) }))
  }

  /** For what this attempt has asked for: what comes after its end is not heard. */
  function mine(take) {
    var my = turn
    return function (a, b, c) {
      if (my === turn) take(a, b, c)
    }
  }

  function address(more) {
    var query = more || ''
    if (!plain) {
      query += '&heartbeat=event&session=' + session + (relay ? '&envelope=json' : '')
      if (!/[?&]heartbeat=\d/.test(base)) query += '&heartbeat=' + beat
    }
    for (var topic in asked) query += '&topic=' + encodeURIComponent(topic)
    // in the query: a new EventSource cannot set the header, and to other origins a header takes one more request
    if (id) query += '&last_event_id=' + encodeURIComponent(id)
    return base + (base.indexOf('?') < 0 ? query.replace('&', '?') : query)
  }

  function byEventSource() {
    var its = new EventSource(address(), { withCredentials: me.withCredentials })
    var take = mine(function (event) { incoming(event.type, event.data, event.lastEventId) })
    source = {
      hear: function (type) {
        if (!/^(open|error)$/.test(type)) its.addEventListener(type, take)
      },
      close: function () { its.close() }
    }
    listeners.message = listeners.message || []
    CONTROLS.concat(Object.keys(listeners)).filter(function (type, at, all) {
      return all.indexOf(type) === at
    }).forEach(source.hear)
    its.onopen = mine(function () {
      if (plain) greet()
    })
    // Not left to the browser: it knows no back-off, asks for the topics of before, and Firefox gives up for good at the
    // first refused connection. None of them tells a status; where there is one the next attempt asks for it.
    its.onerror = mine(function () {
      asking = its.readyState === 2
      if (greeted) over()
      else failed()
    })
  }

  /** These, and those of every request. */
  function headers(given) {
    for (var name in o.headers) given[name] = o.headers[name]
    if (token) given.Authorization = 'Bearer ' + token
    return given
  }

  function opened(method, to, given, hear) {
    var xhr = new XMLHttpRequest()
    xhr.open(method, to)
    xhr.withCredentials = me.withCredentials
    for (var name in headers(given)) xhr.setRequestHeader(name, given[name])
    xhr.onreadystatechange = function () {
      hear(function (name) { return xhr.getResponseHeader(name) })
    }
    return xhr
  }

  function byFetch() {
    var stop = new AbortController()
    source = { close: function () { stop.abort() } }
    var fails = mine(function () { failed() })
    // without a cache, where a second request of the same URL waits for the first one to end
    fetch(address(), {
      cache: 'no-store', headers: headers({ Accept: 'text/event-stream' }), signal: stop.signal,
      credentials: me.withCredentials ? 'include' : 'same-origin'
    }).then(mine(function (answer) {
      function header(name) {
        return answer.headers.get(name)
      }
      if (!streams(answer.status, header)) {
        answer.text().then(mine(function (text) { refused(answer.status, text, header) })).then(null, fails)
        return
      }
      var decoder = new TextDecoder()
      var parse = parsing()
      var reader = answer.body.getReader()
      var take = mine(function (piece) {
        if (piece.done) return over()
        parse(decoder.decode(piece.value, { stream: true }))
        read()
      })
      if (plain) greet()
      read()
      function read() {
        reader.read().then(take).then(null, fails)
      }
    })).then(null, fails)
  }

  function parsing() {
    var parse = parser(mine(incoming), function (ms) { retry = ms })
    return function (text) {
      heard = now()
      parse(text)
    }
  }

  function byXhr() {
    var at = 0
    var parse = parsing()
    var polls = kind === 'poll'
    var xhr = opened('GET', address(!polls ? '&padding=2048&max=' + XHR_MAX
      : '&transport=poll&timeout=' + (patching ? 0 : me.readyState === 1 ? POLL_S : 1)), { Accept: 'text/event-stream' }, mine(function (header) {
      if (xhr.readyState < 3) return
      var done = xhr.readyState === 4
      if (!xhr.status) return done && failed()
      if (!streams(xhr.status, header)) return done && refused(xhr.status, xhr.responseText, header)
      if (plain) greet()
      var text = xhr.responseText
      var piece = text.slice(at)
      at = text.length
      if (piece) parse(piece)
      if (done && source === its) {
        if (polls) late = {}
        over(polls || at >= XHR_MAX)
      }
    }))
    xhr.onprogress = xhr.onreadystatechange
    var its = source = { close: function () { xhr.abort() } }
    xhr.send()
  }

  function streams(status, header) {
    return status === 200 && /^text\/event-stream/i.test(header('Content-Type'))
  }

  // -- how they end

  function lost() {
    me.readyState = 0
    // the tabs look for what they miss, and must not be behind it
    if (relay) id = ''
    emit('error', {})
  }

  /** The answer has ended as it should; `goesOn` where that is no more than the way of its transport. */
  function over(goesOn) {
    var was = greeted
    if (was && goesOn) return connect()
    cut()
    lost()
    if (me.readyState === 2) return
    tell('connecting')
    timer = setTimeout(connect, delay(was ? 0 : tries++, retry || 1000))
  }

  /** A random time, longer with each attempt that failed. */
  function delay(failed, least) {
    var half = Math.min(pause, 1000 * Math.pow(2, failed)) / 2
    return Math.max(half, least || 0) + Math.random() * half
  }

  function failed(why, least) {
    cut()
    tell(why && why.status ? 'refused' : 'offline', why)
    lost()
    if (me.readyState !== 2) timer = setTimeout(connect, delay(tries++, least))
  }

  function refused(status, text, header) {
    var why = problem(status, text, header)
    if (status === 401 && typeof o.token === 'function' && !renewed) {
      renewed = true
      token = undefined
      return connect()
    }
    // a server that is being deployed answers 404 for a while
    if (status === 204 || final(status) && !(status === 404 && ever)) return finish('refused', why)
    failed(why, why.after)
  }

  function final(status) {
    return status >= 400 && status < 500 && !/408|425|429/.test(status)
  }

  function problem(status, text, header) {
    var given = {}
    try {
      given = JSON.parse(text)
    } catch (e) {
      // a proxy's page
    }
    return {
      status: status, reason: given.detail || given.title || 'status ' + status,
      requestId: given.requestId || header('X-Request-Id'), after: header('Retry-After') * 1000
    }
  }

  function finish(state, why) {
    cut()
    part()
    topics = {}
    has = {}
    why.final = true
    me.readyState = 2
    tell(state, why)
    emit('error', {})
  }

  // -- silence, sleep and networks that change; by the time, for hidden pages count slowly

  function watch() {
    if (key && id) stored(key, id)
    if (relay) relay({ state: told })
    if (!source) return
    var limit = kind === 'poll' ? mute + POLL_S * 1000 : !greeted ? mute : plain ? Infinity : beat * 2500
    if (now() - heard <= limit) return
    if (kind === 'shared') {
      // a leader that is frozen keeps its lock; but perhaps it was this tab that slept
      if (mutes++) compete(true)
      return connect()
    }
    // open, but mute: something on the way keeps what comes until it is complete, so a complete answer gets through
    if (!greeted && !flows || ++mutes > 1) {
      poll = kind !== 'poll'
      mutes = 0
    }
    cut()
    tell('offline')
    lost()
    connect()
  }

  function wake() {
    if (timer) connect()
    else watch()
  }

  function back() {
    tries = 0
    connect()
  }

  function hide() {
    if (key && id) stored(key, id)
    cut()
    part()
  }

  function show(event) {
    if (event.persisted) back()
  }

  function gone() {
    if (me.readyState !== 2) tell('offline')
  }

  function hook(does) {
    self[does]('online', back)
    self[does]('offline', gone)
    self[does]('pagehide', hide)
    self[does]('pageshow', show)
    if (self.document) {
      document[does]('visibilitychange', wake)
      document[does]('resume', wake)
    }
  }

  // -- requests beside the stream

  function authorised(use, fail) {
    if (token !== undefined || !o.token) return use()
    function got(fresh) {
      token = fresh || ''
      use()
    }
    try {
      var given = typeof o.token === 'function' ? o.token() : o.token
      if (given && given.then) given.then(got, fail)
      else got(given)
    } catch (e) {
      fail(e)
    }
  }

  function request(method, to, given, body, then) {
    authorised(function () {
      var xhr = opened(method, to, given, function (header) {
        if (xhr.readyState === 4) then(xhr.status, xhr.responseText, header)
      })
      xhr.timeout = ANSWER_MS
      xhr.send(body)
    }, function (e) {
      then(0, String(e), nothing)
    })
  }

  function patch(body, then) {
    request('PATCH', updates.replace(/updates\/?$/, 'connections/') + hello.connection,
      { 'Rivulet-Secret': hello.secret }, body, then)
  }

  /** A fresh token for the stream that is open. Where that fails it ends with the old one, and comes back. */
  function renew() {
    if (typeof o.token !== 'function' || !hello) return
    token = undefined
    patch(null, nothing)
  }

  /** Makes the open stream one of the topics that are wanted now. */
  function flush() {
    var add = own().filter(function (topic) { return !has[topic] })
    var remove = Object.keys(has).filter(function (topic) { return !topics[topic] })
    if (/idle|ended/.test(told.state)) {
      if (add.length) {
        me.readyState = 0
        connect()
      }
      return
    }
    if (patching) return
    // a poll is another request each time, and it is not greeted while it waits
    if (kind === 'poll' && me.readyState === 1 && add.length + remove.length) return connect()
    if (!greeted) return
    waits = waits.filter(function (one) {
      if (has[one.topic]) one.done()
      return !has[one.topic]
    })
    if (!add.length && !remove.length) return
    // a stream without topics is none
    if (!hello || !fixed && !own().length) return again()
    if (kind === 'shared') return join() ? ask() : connect()
    if (single) add = add.slice(0, 1)
    var mine = patching = function () {
      patching = 0
      add.forEach(on)
      remove.forEach(function (topic) { delete has[topic] })
      flush()
    }
    patch(JSON.stringify({ add: add, remove: remove }), function (status, text, header) {
      if (patching !== mine || status === 200) return
      patching = 0
      if (final(status) && status !== 401 && status !== 404 && add.length) {
        // one of them is refused: the others go by themselves
        single = add.length > 1
        if (!single) drop(add[0], fault(problem(status, text, header)))
      } else {
        // nobody knows whether it was done; the next stream asks for all of it, from where this one was
        return again()
      }
      flush()
    })
  }

  function again() {
    late = {}
    connect()
  }

  /** The stream has it. */
  function on(topic) {
    has[topic] = 1
    delete late[topic]
  }

  function drop(topic, error) {
    delete topics[topic]
    delete late[topic]
    waits = waits.filter(function (one) {
      if (one.topic === topic) one.fail(error)
      return one.topic !== topic
    })
  }

  function fault(why) {
    var error = new Error(why.reason)
    error.status = why.status
    error.requestId = why.requestId
    return error
  }

  function soon() {
    setTimeout(flush)
  }

  // -- one stream for all tabs
  //
  // A leader's stream begins from now on. A tab asks it for its topics; once the stream has them the tab is told, keeps
  // what is told from there, and looks at the hub for what it has missed up to then. So it does whenever it is in doubt:
  // another leader, another stream, a leader that says nothing, an end of one of its topics (the others may have ended
  // before). A topic that is added only waits for the leader: nothing of it is missed. A leader that has slept may still
  // speak for a moment: its stream has another name (`run`), and answers to questions of before another number.

  /** Whether a tab can tell by itself which events are of this topic. */
  function sharable(topic) {
    return !/^urlpattern:|[{}]/.test(topic)
  }

  /** Whether it goes on with the other tabs. */
  function join() {
    if (long(own()) || !own().every(sharable)) alone()
    return share
  }

  function alone() {
    part()
    share = ''
  }

  /** This tab is no longer among those that share. */
  function part() {
    if (!channel) return
    resign()
    channel.close()
    channel = null
    if (leave) leave()
  }

  function byLeader() {
    source = { close: nothing }
    if (channel) return ask()
    var its = channel = new BroadcastChannel(share)
    its.onmessage = function (event) {
      hear(event.data)
    }
    tab = random()
    // the leader learns by this lock when the tab has gone, also by a crash
    navigator.locks.request(share + tab, function () {
      return new Promise(function (done) {
        if (channel !== its) return done()
        leave = done
        compete()
        ask()
      })
    }).then(null, function () {
      // a page that may have no locks
      alone()
      connect()
    })
  }

  function ask() {
    patching = nothing
    channel.postMessage({ tab: tab, turn: turn, topics: own() })
  }

  function hear(message) {
    var state = message.state
    if (!message.run) return // another tab asks
    heard = now()
    mutes = 0
    if (message.lead) connect()
    else if (message.no === tab + turn || state && state.final && state.state === 'refused') {
      // it may be because of a topic of another tab; this one asks the hub itself
      alone()
      connect()
    } else if (state) {
      if (/live|catch|idle|end/.test(state.state)) return
      if (greeted) {
        greeted = false
        lost()
      }
      tell(state.state, state)
    } else if (message.to) {
      if (message.to !== tab + turn) return
      patching = 0
      if (run) {
        asked = has = {}
        message.topics.forEach(on)
        flush()
      } else {
        run = message.run
        held = []
        look()
      }
    } else take(message)
  }

  function take(message) {
    if (held) return held.push(message)
    if (message.run !== run || seen && seen[message.id]) return
    var mine = !message.topics || message.topics.some(wants)
    if (mine && message.end && !/\*(,|$)/.test(own())) {
      message.end = 0
      held = [message]
      look()
    } else if (mine && message.type) {
      if (message.topics) seen = null
      incoming(message.type, message.data, message.id)
    } else if (message.id && !seen) id = message.id
  }

  function wants(topic) {
    return own().some(function (one) {
      return one === topic || /\*$/.test(one) && topic.indexOf(one.slice(0, -1)) === 0
    })
  }

  /** What came since the last id. An answer that does not end with a cursor was cut. */
  function look() {
    var whole
    var its = source
    var parse = parser(mine(function (type, data, newId) {
      whole = type === 'rivulet.cursor'
      if (CONTROLS.indexOf(type) < 0) (seen = seen || {})[newId] = 1
      incoming(type, data, newId)
    }), nothing)
    request('GET', address('&transport=poll&timeout=0'), {}, null, mine(function (status, text, header) {
      if (!streams(status, header)) return refused(status, text, header)
      parse(text)
      if (source !== its) return
      if (!whole) return look()
      var all = held
      held = null
      all.forEach(take)
    }))
  }

  function compete(steal) {
    resign()
    var my = claim = { stop: new AbortController() }
    navigator.locks.request(share, steal ? { steal: true } : { signal: my.stop.signal }, function () {
      return new Promise(function (done) {
        my.done = done
        if (claim === my) lead(my)
        else done()
      })
    }).then(null, function () {
      // stolen: this tab was asleep
      if (claim === my) compete()
    })
  }

  function resign() {
    var my = claim
    if (!my) return
    claim = null
    my.stop.abort()
    if (my.stream) {
      my.stream.close()
      my.line.close()
    }
    if (my.done) my.done()
  }

  function lead(my) {
    var name = random()
    var wishes = {}
    var line = my.line = new BroadcastChannel(share)
    function post(message) {
      message.run = name
      line.postMessage(message)
    }
    var stream = my.stream = new Rivulet(base.replace(/([?&])since=[^&]*/, '$1'), Object.assign({}, o, {
      topics: [], share: 0, persist: 0, lastEventId: 0, onstate: 0, onresume: 0
    }), function (message, control) {
      var type = message.type
      if (type === 'rivulet.hello' && control.resumed !== 'exact') {
        name = random()
        return post({ lead: 1 })
      }
      if (control) message = type === 'rivulet.gap' ? { type: type, data: message.data } : { id: message.id }
      else if (type) {
        var event = JSON.parse(message.data)
        event.id = message.id
        // an end without a word is no event for a page
        event.type = event.end && !event.type && !event.data ? '' : type
        message = event
      }
      post(message)
    })
    line.onmessage = function (event) {
      var asked = event.data
      var who = asked.tab
      var before = wishes[who] || []
      if (asked.lead) return compete() // this tab was asleep
      if (!who) return
      if (!wishes[who]) {
        navigator.locks.request(share + who, function () {
          wishes[who].forEach(stream.unsubscribe)
          delete wishes[who]
        })
      }
      wishes[who] = asked.topics
      Promise.all(asked.topics.map(stream.subscribe)).then(function () {
        post({ to: who + asked.turn, topics: asked.topics })
      }, function () {
        post({ no: who + asked.turn })
      })
      before.forEach(stream.unsubscribe)
    }
    post({ lead: 1 })
  }

  // -- the other way

  function send() {
    var first = queue[0]
    clearTimeout(sendTimer)
    if (!first || sending) return
    sending = true
    request('POST', updates, {
      'Content-Type': 'application/x-www-form-urlencoded', 'Idempotency-Key': first.key
    }, first.body, function (status, text, header) {
      sending = false
      if (queue[0] !== first) return send()
      var stale = status === 401 && typeof o.token === 'function' && !first.renewed
      if (stale) {
        first.renewed = true
        token = undefined
      } else if (status === 200) {
        queue.shift()
        sendTries = 0
        first.done(text.trim())
      } else if (final(status)) {
        queue.shift()
        first.fail(fault(problem(status, text, header)))
      } else {
        // nothing is lost by asking again, and nothing doubled: the key is the same
        sendTimer = setTimeout(send, delay(sendTries++, header('Retry-After') * 1000))
        return
      }
      send()
    })
  }

  me.publish = function (topic, data, more) {
    return promise(function (done, fail) {
      if (me.readyState === 2) return fail(new Error('it is closed'))
      if (queue.length >= (o.queue || 100)) return fail(new Error('too many publishes wait: ' + queue.length))
      var fields = { topic: topic, data: typeof data === 'string' ? data : JSON.stringify(data) }
      var given = more || {}
      var key = given.key || random()
      for (var name in given) if (name !== 'key') fields[name] = given[name]
      queue.push({
        key: key, done: done, fail: fail,
        body: Object.keys(fields).map(function (name) {
          return [].concat(fields[name]).map(function (value) {
            return name + '=' + encodeURIComponent(value)
          }).join('&')
        }).join('&')
      })
      if (queue.length === 1) send()
    })
  }

  me.subscribe = function (topic) {
    if (ever && !topics[topic] && !has[topic]) late[topic] = 1
    want(topic)
    return promise(function (done, fail) {
      if (plain) return fail(new Error('the topics stand in the URL'))
      waits.push({ topic: topic, done: done, fail: fail })
      soon()
    })
  }

  me.unsubscribe = function (topic) {
    if (topics[topic] && !--topics[topic]) {
      delete topics[topic]
      delete late[topic]
      soon()
    }
  }

  me.addEventListener = function (type, listener, how) {
    var known = listeners[type]
    if (!known) {
      known = listeners[type] = []
      if (source && source.hear && CONTROLS.indexOf(type) < 0) source.hear(type)
    }
    if (!known.some(function (one) { return one.listener === listener })) {
      known.push({ listener: listener, once: how && how.once })
    }
  }

  me.removeEventListener = function (type, listener) {
    if (listeners[type]) listeners[type] = listeners[type].filter(function (one) { return one.listener !== listener })
  }

  me.close = function () {
    cut()
    me.readyState = 2
    clearInterval(ticks)
    clearTimeout(sendTimer)
    part()
    said = told = {}
    hook('removeEventListener')
    queue.splice(0).forEach(function (one) { one.fail(new Error('it was closed')) })
  }

  hook('addEventListener')
  var ticks = setInterval(watch, Math.min(5000, beat * 500))
  setTimeout(function () {
    if (!turn) connect()
  })
}

Rivulet.CONNECTING = Rivulet.prototype.CONNECTING = 0
Rivulet.OPEN = Rivulet.prototype.OPEN = 1
Rivulet.CLOSED = Rivulet.prototype.CLOSED = 2
