// The pages of the console: which one is shown stands in the address behind #. A page's script is loaded when it is
// shown for the first time, so a page that nobody looks at opens no stream. A script may export `show` and `leave`,
// which are called each time. A new page needs a link in the nav,
// a <main id="page-name">, and a line here.

import { copyButtons } from './dom.js'

const SCRIPTS = {
  live: () => import('./app.js'),
  try: () => import('./try.js'),
  operate: () => import('./operate.js')
}
const loaded = {}
let shown = ''

const link = name => document.querySelector(`nav a[href="#${name}"]`)

// what is none of the pages belongs to the first one, which has links of its own
function named() {
  const name = location.hash.slice(1)
  return Object.hasOwn(SCRIPTS, name) ? name : 'live'
}

async function show() {
  const name = named()
  if (name === shown) return
  const before = shown
  shown = name
  document.body.dataset.page = name
  for (const page of document.querySelectorAll('.page')) page.hidden = page.id !== `page-${name}`
  for (const each of document.querySelectorAll('nav a')) each.removeAttribute('aria-current')
  link(name).setAttribute('aria-current', 'page')
  document.title = name === 'live' ? 'Rivulet' : `${link(name).textContent} · Rivulet`
  loaded[before]?.leave?.()
  if (before) {
    // a screen reader goes on where the page begins, as it would after a load
    document.getElementById(`page-${name}`).focus({ preventScroll: true })
    if (location.hash.slice(1) === name) scrollTo(0, 0)
  }
  loaded[name] ??= await SCRIPTS[name]()
  if (shown === name) loaded[name].show?.()
}

// a form whose script is still being loaded would be sent by the browser, and the page would be gone
addEventListener('submit', event => event.preventDefault())
// behind a proxy that speaks TLS only the browser knows the address it was given
const updates = new URL('api/updates', document.baseURI).href
document.querySelectorAll('[data-updates]').forEach(place => { place.textContent = updates })
copyButtons()
addEventListener('hashchange', show)
show()
