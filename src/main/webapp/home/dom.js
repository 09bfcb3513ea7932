// The few things all parts of the page do with the document. Text only: nothing that arrives is ever markup.

export const $ = id => document.getElementById(id)

/** The time of day as this browser's clock zone has it: 05:07:09. */
export const timeOf = date => date.toLocaleTimeString('en-GB')

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
export function copyButtons() {
  for (const command of document.querySelectorAll('pre')) {
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
