// Clients of protocols in Server-Sent Events, at URLs of an application whose answers are streams of the hub: the chat of
// the AI SDK, the decoder of OpenAI's client, AG-UI's agent. The name of one of them and the URL of the application are
// given. A run stops half-way until somebody posts to /go; the first thing that is wrong ends this with its words.

import assert from 'node:assert/strict'

const [, , what, base] = process.argv
const HALF = 'Hello, wor'
const WHOLE = 'Hello, world!'

const post = (path, options = {}) => fetch(`${base}${path}`, { method: 'POST', ...options })
const text = chunks => chunks.filter(chunk => chunk.type === 'text-delta').map(chunk => chunk.delta).join('')

/** Reads until the text is this, or to the end; leaves the stream as a page that is closed does. */
async function read(stream, until) {
  const reader = stream.getReader()
  const chunks = []
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    chunks.push(next.value)
    if (text(chunks) === until) break
  }
  if (until) await reader.cancel()
  return chunks
}

async function ai() {
  const { DefaultChatTransport } = await import('ai')
  const chat = id => new DefaultChatTransport({
    api: `${base}/chat/ui/${id}`,
    prepareReconnectToStreamRequest: () => ({ api: `${base}/chat/ui/${id}` })
  })
  const messages = [{ id: 'm1', role: 'user', parts: [{ type: 'text', text: 'hello' }] }]
  const send = (transport, id) => transport.sendMessages(
    { chatId: id, messages, trigger: 'submit-message', messageId: undefined, abortSignal: undefined })

  // nothing was asked yet
  assert.equal(await chat('one').reconnectToStream({ chatId: 'one' }), null)
  // sent, and the page is reloaded in the middle of the answer
  assert.equal(text(await read(await send(chat('one'), 'one'), HALF)), HALF)
  const again = await chat('one').reconnectToStream({ chatId: 'one' })
  const second = await chat('one').reconnectToStream({ chatId: 'one' })
  assert.equal(text(await read(second, HALF)), HALF)
  await post('/go/one')
  const chunks = await read(again)
  assert.equal(text(chunks), WHOLE)
  assert.equal(chunks[0].type, 'start')
  assert.equal(chunks.at(-1).type, 'finish')
  // it is over: there is nothing to go on with
  assert.equal(await chat('one').reconnectToStream({ chatId: 'one' }), null)

  // stopped, in all tabs
  const tab = await send(chat('two'), 'two')
  await post('/stop/two')
  assert.equal((await read(tab)).at(-1).type, 'abort')
  assert.equal(await chat('two').reconnectToStream({ chatId: 'two' }), null)
}

async function openai() {
  const { Stream } = await import('openai/streaming')
  const answer = await post('/chat/openai/three')
  const bytes = answer.clone().text()
  await post('/go/three')
  const deltas = []
  for await (const chunk of Stream.fromSSEResponse(answer, new AbortController())) {
    deltas.push(chunk.choices[0].delta.content)
  }
  assert.equal(deltas.join(''), WHOLE)
  assert.match(await bytes, /\ndata: \[DONE\]\n\n/)
}

async function agui() {
  const { HttpAgent } = await import('@ag-ui/client')
  const run = (seen, onDelta) => {
    const agent = new HttpAgent({ url: `${base}/chat/agui/four`, threadId: 'four' })
    const ended = agent.runAgent({ runId: 'four' }, {
      onEvent: ({ event }) => {
        seen.push(event)
        if (event.type === 'TEXT_MESSAGE_CONTENT') onDelta(agent, seen)
      }
    })
    return ended
  }
  const said = events => events.filter(event => event.type === 'TEXT_MESSAGE_CONTENT').map(event => event.delta).join('')
  // cut in the middle
  const cut = []
  await run(cut, (agent, seen) => { if (said(seen) === HALF) agent.abortRun() }).catch(() => {})
  assert.equal(said(cut), HALF)
  assert.equal(cut[0].type, 'RUN_STARTED')
  // and asked for once more: from the start to the end
  const whole = []
  await run(whole, (agent, seen) => { if (said(seen) === HALF) post('/go/four') })
  assert.equal(whole[0].type, 'RUN_STARTED')
  assert.equal(said(whole), WHOLE)
  assert.equal(whole.at(-1).type, 'RUN_FINISHED')
}

await { ai, openai, agui }[what]()
console.log('well')
process.exit(0)
