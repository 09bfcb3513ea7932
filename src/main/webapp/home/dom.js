// The few things all parts of the page do with the document. Text only: nothing that arrives is ever markup.

export const $ = id => document.getElementById(id)

/** The time of day as this browser's clock zone has it: 05:07:09. */
export const timeOf = date => date.toLocaleTimeString('en-GB')

/** A moment, as short as it can be: of today the time alone. */
export function momentOf(date) {
  return date.toDateString() === new Date().toDateString() ? timeOf(date)
    : date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
}

/** A list item with a span for each [class, text]. */
export function item(name, parts) {
  const row = document.createElement('li')
  row.className = name
  for (const [part, text] of parts) {
    const span = document.createElement('span')
    span.className = part
    span.textContent = text
    row.append(span)
  }
  return row
}

/** A button beside each command that copies it; without scripts the commands stand there as well. */
export function copyButtons(root = document) {
  for (const command of root.querySelectorAll('pre')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    button.textContent = 'Copy'
    button.addEventListener('click', () => copy(command, button))
    command.tabIndex = 0 // a long line is scrolled, also by keys
    const place = document.createElement('div')
    place.className = 'copied'
    command.replaceWith(place)
    place.append(command, button)
  }
}

async function copy(command, button) {
  let copied = true
  try {
    await navigator.clipboard.writeText(command.textContent)
  } catch { // a page without TLS has no clipboard, or it is not allowed: the old way
    getSelection().selectAllChildren(command)
    copied = document.execCommand('copy')
  }
  button.textContent = copied ? 'Copied' : 'Press Ctrl+C'
  setTimeout(() => { button.textContent = 'Copy' }, 2000)
}

/** Drops the last ones of a list beyond `most`. */
export function trim(list, most) {
  while (list.children.length > most) list.lastElementChild.remove()
}

/** Fills a list of terms with [term, text, and what is said of it]; what stays the same is not touched. */
export function facts(list, rows) {
  while (list.children.length > rows.length) list.lastElementChild.remove()
  rows.forEach(([term, text, note], i) => {
    const box = list.children[i] ?? list.appendChild(document.createElement('div'))
    if (!box.children.length) box.append(document.createElement('dt'), document.createElement('dd'))
    set(box.children[0], term)
    set(box.children[1], text)
    if (note && !box.children[2]) box.append(Object.assign(document.createElement('dd'), { className: 'note-of' }))
    if (box.children[2]) set(box.children[2], note ?? '')
  })
}

/** Fills the cells of a row with [text, and a smaller one below]; what stays the same is not touched. */
export function cells(row, texts) {
  texts.forEach(([text, small = ''], i) => {
    const cell = row.children[i]
    if (!cell.children.length) cell.append(document.createElement('span'), document.createElement('small'))
    set(cell.children[0], text)
    set(cell.children[1], small)
  })
}

/** Puts a row where it belongs; one that stands there keeps the focus of its buttons. */
export function place(list, row, i) {
  if (list.children[i] !== row) list.insertBefore(row, list.children[i] ?? null)
}

/** A small button; `name` is what a screen reader says. */
export function button(text, name, act) {
  const made = document.createElement('button')
  made.type = 'button'
  made.className = 'plain small'
  made.textContent = text
  made.setAttribute('aria-label', name)
  made.addEventListener('click', act)
  return made
}

function set(place, text) {
  if (place.textContent !== String(text)) place.textContent = text
}
