// Notifications: publishing them with fetch, and showing those that arrive.

import { $, item, timeOf, trim } from './dom.js'

const ROWS_MAX = 100
const ANSWER_MAX_MS = 15_000

/** The form publishes; `show` is called for each event that arrives. */
export class Notifications {
  #stream
  #own = new Map()
  #attempt = null

  constructor(stream, form) {
    this.#stream = stream
    form.addEventListener('submit', event => {
      event.preventDefault()
      this.#publish(form)
    })
    form.elements.data.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit()
    })
  }

  /** A row for an event that has arrived. */
  show(event, again) {
    $('no-news').hidden = true
    const topic = this.#own.get(event.lastEventId)
    const row = item('event', [
      ['time', timeOf(new Date())],
      ['badge', event.type === 'message' ? '' : event.type],
      ['badge own', topic ?? ''],
      ['badge bad', again ? 'doubled' : ''],
      ['data', event.data],
      ['id', event.lastEventId]
    ])
    row.dataset.id = event.lastEventId
    $('events').prepend(row)
    trim($('events'), ROWS_MAX)
  }

  async #publish(form) {
    const button = form.querySelector('button')
    if (button.disabled) return
    button.disabled = true
    const fields = new URLSearchParams(new FormData(form))
    if (!fields.get('type')) fields.delete('type')
    // it has no name, so it is no field of the event; it stays in the page, and goes into the header alone
    const token = $('token').value.trim()
    const typed = form.elements.data.value
    say('Publishing.')
    // an event to a topic this page does not hear yet would never be seen arriving
    this.#stream.hear(fields.get('topic'), fields.get('type'))
    try {
      const answer = await fetch(new URL(form.getAttribute('action'), document.baseURI), {
        method: 'POST', body: fields, signal: AbortSignal.timeout(ANSWER_MAX_MS),
        headers: {
          Accept: 'application/json', 'Idempotency-Key': this.#key(fields.toString()),
          ...token && { Authorization: `Bearer ${token}` }
        }
      })
      const body = await answer.json().catch(() => ({}))
      if (!answer.ok) throw new Error(body.detail ?? body.title ?? `the answer was ${answer.status}`)
      this.#attempt = null
      this.#remember(body.id, fields.get('topic'))
      // what was typed meanwhile is the next one
      if (form.elements.data.value === typed) form.elements.data.value = ''
      say('Published as ', body.id)
    } catch (fault) {
      const unknown = fault instanceof TypeError || fault.name === 'TimeoutError'
      if (!unknown) this.#attempt = null
      say(unknown ? 'No answer: publish again, it will be there once.' : fault.message, '', true)
    } finally {
      button.disabled = false
    }
  }

  // the same content again after no answer is the same attempt, and the hub appends it once
  #key(content) {
    if (this.#attempt?.content !== content) {
      const bytes = crypto.getRandomValues(new Uint8Array(16))
      this.#attempt = { content, key: Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('') }
    }
    return this.#attempt.key
  }

  // the event may have arrived before its answer
  #remember(id, topic) {
    this.#own.set(id, topic)
    if (this.#own.size > ROWS_MAX) this.#own.delete(this.#own.keys().next().value)
    for (const row of $('events').children) {
      if (row.dataset.id === id) row.querySelector('.own').textContent = topic
    }
  }
}

function say(text, id = '', bad = false) {
  const out = $('published')
  out.classList.toggle('bad', bad)
  const code = document.createElement('code')
  code.className = 'id'
  code.textContent = id
  out.replaceChildren(text, code)
}
