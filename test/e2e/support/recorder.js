/** Runs in the page: remembers every state that a badge shows. Gone after a reload. */
globalThis.badgeRecorder = {
  seen: [],
  start(selector) {
    const state = () => document.querySelector(selector)?.getAttribute('data-state')
    const look = () => {
      const now = state()
      if (now && now !== this.seen.at(-1)) this.seen.push(now)
    }
    this.seen = []
    look()
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['data-state'],
    })
  },
}
