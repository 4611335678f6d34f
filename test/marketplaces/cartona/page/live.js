// Keeps the page true without a reload: fetches it each second and carries over what differs. What a person is typing
// into, and where the keyboard stands, is left alone.
const EVERY_MS = 1000
const live = document.getElementById('live')
let busy = false
let wrong = ''

async function look() {
  if (busy || document.hidden) return
  busy = true
  try {
    const answer = await fetch(location.href)
    carryOver(await answer.text())
    say(wrong)
  } catch {
    say('The stand-in does not answer.')
  } finally {
    busy = false
  }
}

function carryOver(text) {
  const fresh = new DOMParser().parseFromString(text, 'text/html')
  const main = document.querySelector('main')
  const next = fresh.querySelector('main')
  if (main && next) morph(main, next)
}

function say(words) {
  if (live.textContent !== words) live.textContent = words
}

function morph(old, next) {
  for (const { name, value } of next.attributes) {
    // an opened section stays open, a field that is being filled keeps what was typed
    if (old.getAttribute(name) !== value && !(name === 'value' && isTouched(old))) {
      old.setAttribute(name, value)
      if (name === 'value') old.value = value
    }
  }
  for (const { name } of [...old.attributes]) {
    if (!next.hasAttribute(name) && name !== 'open') old.removeAttribute(name)
  }
  if (old === document.activeElement && old.tagName === 'SELECT') return
  morphChildren(old, next)
}

const isTouched = (field) => field === document.activeElement || field.value !== field.defaultValue

function morphChildren(old, next) {
  const keyed = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]))
  let place = old.firstChild
  for (const wanted of [...next.childNodes]) {
    const found = keyed.get(wanted.id) ?? (isAlike(place, wanted) ? place : null)
    if (!found) {
      old.insertBefore(wanted, place)
      continue
    }
    if (found === place) place = place.nextSibling
    else old.insertBefore(found, place)
    if (found.nodeType === Node.ELEMENT_NODE) morph(found, wanted)
    else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue
  }
  while (place) {
    const gone = place
    place = place.nextSibling
    gone.remove()
  }
}

function isAlike(old, next) {
  return old !== null && old.nodeType === next.nodeType && old.nodeName === next.nodeName && !old.id && !next.id
}

document.addEventListener('submit', async (event) => {
  const form = event.target
  if (form.method !== 'post') return
  event.preventDefault()
  const fields = new FormData(form)
  const action = event.submitter?.getAttribute('formaction') ?? form.action
  const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(fields) }).catch(() => null)
  wrong = answer?.ok ? '' : await problemOf(answer)
  // what was sent is now the server's to show
  for (const field of form.querySelectorAll('input')) field.defaultValue = field.value
  if (form.id === 'create') {
    form.reset()
    if (answer?.ok) history.pushState(null, '', new URL(answer.url))
  }
  await look()
  keepPlace(event.submitter)
})

/** A button that did its work is switched off: the keyboard goes on to the next one that can be used. */
function keepPlace(button) {
  if (!button?.disabled && document.contains(button)) return
  const section = button?.closest('section') ?? document.getElementById('detail')
  const usable = [...(section?.querySelectorAll('button, select, input') ?? [])]
  const next = usable.find((field) => !field.disabled && field.type !== 'hidden' && field.checkVisibility())
  const place = next ?? section?.querySelector('h2')
  place?.focus()
}

async function problemOf(answer) {
  if (!answer) return 'The stand-in does not answer.'
  const body = await answer.json().catch(() => ({}))
  return body.error ?? `That did not work (${answer.status}).`
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('a')
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.origin !== location.origin) return
  event.preventDefault()
  wrong = ''
  history.pushState(null, '', link.href)
  look()
})

addEventListener('popstate', look)
document.addEventListener('visibilitychange', look)
setInterval(look, EVERY_MS)
