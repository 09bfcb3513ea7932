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

/** Drops the last ones of a list beyond `most`. */
export function trim(list, most) {
  while (list.children.length > most) list.lastElementChild.remove()
}
