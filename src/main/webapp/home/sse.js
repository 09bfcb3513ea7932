// The text of an event stream, read as a browser's EventSource reads it, with what that keeps to itself: how many bytes
// an event took, and what was no event.

const encoder = new TextEncoder()

export const utf8 = text => encoder.encode(text).length

/** Calls `take` for each event ({type, data, id, bytes}), and with {retry} or {comment} for what is none. */
export class Parser {
  #take
  #rest = ''
  #begun = false
  #type = ''
  #data = null
  #bytes = 0
  lastId = ''

  constructor(take) {
    this.#take = take
  }

  /** Text that has arrived; it may end anywhere, between CR and LF as well. */
  push(text) {
    let rest = this.#rest + text
    if (!this.#begun && rest) {
      this.#begun = true
      rest = rest.replace(/^\uFEFF/, '')
    }
    for (let end = rest.search(/[\r\n]/); end >= 0; end = rest.search(/[\r\n]/)) {
      if (rest[end] === '\r' && end + 1 === rest.length) break // its LF may be under way
      const next = end + (rest[end] === '\r' && rest[end + 1] === '\n' ? 2 : 1)
      this.#bytes += utf8(rest.slice(0, next))
      this.#line(rest.slice(0, end))
      rest = rest.slice(next)
    }
    this.#rest = rest
  }

  #line(line) {
    if (line === '') return this.#end()
    const colon = line.indexOf(':')
    if (colon === 0) return this.#take({ comment: line.slice(1) })
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') this.#data = this.#data === null ? value : `${this.#data}\n${value}`
    else if (field === 'event') this.#type = value
    else if (field === 'id' && !value.includes('\0')) this.lastId = value
    else if (field === 'retry' && /^\d+$/.test(value)) this.#take({ retry: Number(value) })
  }

  #end() {
    const event = { type: this.#type || 'message', data: this.#data, id: this.lastId, bytes: this.#bytes }
    this.#type = ''
    this.#data = null
    this.#bytes = 0
    if (event.data !== null) this.#take(event)
  }
}
