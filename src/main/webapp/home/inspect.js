// A token, read in the page: nobody else sees it. Whether its signature is good only the hub can tell.

import { $, facts } from './dom.js'

const NAMED = { iss: 'issuer', aud: 'audience', sub: 'subject', client_id: 'client', jti: 'id', scope: 'scope' }

function part(text) {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
}

function told(token) {
  const parts = token.split('.')
  if (parts.length !== 3) throw new Error(`it has ${parts.length} part${parts.length > 1 ? 's' : ''} between dots; a signed token has three`)
  const [header, claims] = [part(parts[0]), part(parts[1])]
  const rows = [['signed by', `${header.alg ?? 'nothing'}${header.kid ? `, key ${header.kid}` : ''}`, header.typ ?? '']]
  for (const [claim, name] of Object.entries(NAMED)) {
    if (claims[claim] !== undefined) rows.push([name, text(claims[claim]), claim])
  }
  for (const [claim, name] of [['iat', 'made'], ['nbf', 'valid from'], ['exp', 'ends']]) {
    if (claims[claim] !== undefined) rows.push([name, time(claims[claim], claim), claim])
  }
  for (const detail of [claims.authorization_details ?? []].flat()) {
    rows.push([`may ${(detail.actions ?? []).join(', ')}`, (detail.topics ?? []).map(topic => text(topic.match ?? topic)).join(', ') || 'this hub', detail.type ?? ''])
  }
  for (const action of ['publish', 'subscribe']) {
    if (claims.mercure?.[action]) rows.push([`may ${action}`, [claims.mercure[action]].flat().join(', ') || 'nothing', 'Mercure 0.x'])
  }
  return rows
}

const text = value => typeof value === 'string' ? value : JSON.stringify(value)

function time(seconds, claim) {
  if (!Number.isFinite(seconds)) return `${text(seconds)}, which is no time`
  const left = seconds - Date.now() / 1000
  const span = Math.abs(left) < 5400 ? `${Math.round(Math.abs(left) / 60)} min` : Math.abs(left) < 172_800 ? `${Math.round(Math.abs(left) / 3600)} h` : `${Math.round(Math.abs(left) / 86_400)} d`
  const past = claim === 'exp' ? `ended ${span} ago` : `${span} ago`
  return `${new Date(seconds * 1000).toLocaleString('en-GB')}, ${left < 0 ? past : `in ${span}`}`
}

function show(rows, bad = '') {
  facts($('inspected'), rows)
  $('inspect-said').textContent = bad
  $('inspect-said').classList.toggle('bad', bad !== '')
}

/** The form; `ask` asks the hub. */
export function inspect(ask) {
  const input = $('inspect-token')
  input.addEventListener('input', () => {
    const token = input.value.trim().replace(/^Bearer\s+/i, '')
    $('inspect-ask').disabled = !token
    try {
      show(token ? told(token) : [])
    } catch (fault) {
      show([], `This is no token: ${fault.message}`)
    }
  })
  $('inspect-ask').addEventListener('click', async () => {
    try {
      const answer = await ask('api/tokens/explain', { method: 'POST', body: input.value.trim().replace(/^Bearer\s+/i, '') })
      const verdict = use => answer[use].accepted ? 'yes' : `no: ${answer[use].refusedBecause.join('; ')}`
      show([['shape', answer.shape, ''], ...['publish', 'subscribe', 'operate'].map(use => [use, verdict(use), 'says this hub'])])
    } catch (fault) {
      show([], fault.message)
    }
  })
}
