// What a colour of the style sheet is now: canvases cannot read custom properties.
export function colour(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${name})`
  document.body.append(probe)
  const told = getComputedStyle(probe).color
  probe.remove()
  return told
}

/** Runs when the theme changes, by the system or by a person. */
export function onTheme(run: () => void): () => void {
  const media = matchMedia('(prefers-color-scheme: dark)')
  const observer = new MutationObserver(run)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  media.addEventListener('change', run)
  return () => {
    observer.disconnect()
    media.removeEventListener('change', run)
  }
}
