// node client.mjs NAME URL TOKEN LAST-ID TYPES: one line of JSON on the standard output for each thing that happens.
const [name, url, token, lastEventId, types] = process.argv.slice(2)
const headers = token ? { Authorization: 'Bearer ' + token } : {}

function say(what, more = {}) {
  process.stdout.write(JSON.stringify({ what, ...more }) + '\n')
}

function sayEvent({ lastEventId, type, data }) {
  say('event', { id: lastEventId, type, data })
}

function listen(source) {
  source.onopen = () => say('open')
  source.onerror = e => say('error', {
    status: e.status ?? e.code, text: e.message ?? '', final: source.readyState === 2 })
  for (const type of ['message', ...types.split(',')]) {
    source.addEventListener(type, sayEvent)
  }
}

const clients = {

  async eventsource2() {
    const { default: EventSource } = await import('eventsource2')
    listen(new EventSource(url, { headers: lastEventId ? { ...headers, 'Last-Event-ID': lastEventId } : headers }))
  },

  async eventsource4() {
    const { EventSource } = await import('eventsource4')
    let last = lastEventId // the class takes none: the first request is given it, as its documentation shows
    listen(new EventSource(url, { fetch: (address, init) => {
      const given = last ? { 'Last-Event-ID': last } : {}
      last = ''
      return fetch(address, { ...init, headers: { ...headers, ...given, ...init.headers } })
    } }))
  },

  async 'fetch-event-source'() {
    // made for pages: this is all it takes from them
    globalThis.window = globalThis
    globalThis.document = { hidden: false, addEventListener() { }, removeEventListener() { } }
    const { fetchEventSource } = await import('@microsoft/fetch-event-source/lib/cjs/index.js')
    class Refused extends Error { }
    fetchEventSource(url, {
      headers: lastEventId ? { ...headers, 'last-event-id': lastEventId } : headers,
      async onopen(response) {
        if (response.status !== 200) {
          say('error', { status: response.status, text: await response.text(), final: true })
          throw new Refused()
        }
        say('open')
      },
      onmessage: e => say('event', { id: e.id, type: e.event || 'message', data: e.data }),
      onclose: () => say('closed'),
      onerror(e) {
        if (e instanceof Refused) {
          throw e // as its documentation tells to end what will not get better
        }
        say('error', { text: String(e), final: false })
      }
    }).catch(() => say('closed'))
  },

  async 'eventsource-client'() {
    const { createEventSource } = await import('eventsource-client')
    createEventSource({
      url, headers, initialLastEventId: lastEventId || undefined,
      fetch: async (address, init) => {
        const response = await fetch(address, init)
        // its onConnect is called for a refusal as well
        say(...response.status === 200 ? ['open'] : ['error', { status: response.status, text: '', final: false }])
        return response
      },
      onDisconnect: () => say('error', { text: 'disconnected', final: false }),
      onMessage: e => say('event', { id: e.id ?? '', type: e.event ?? 'message', data: e.data })
    })
  },

  async undici() {
    const { Agent, EventSource } = await import('undici')
    let last = lastEventId // the class takes neither: its documentation shows an agent for headers
    class Given extends Agent {
      dispatch(request, handler) {
        Object.assign(request.headers, headers, last ? { 'Last-Event-ID': last } : {})
        last = ''
        return super.dispatch(request, handler)
      }
    }
    listen(new EventSource(url, { dispatcher: new Given() }))
    setInterval(() => { }, 60_000) // while it waits to reconnect it keeps no program from its end
  }
}

clients[name]()
