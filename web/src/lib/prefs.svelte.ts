// What a person prefers, kept in this browser. Storage may be forbidden: then it holds for this visit.

export type Theme = 'system' | 'light' | 'dark'

function load(name: string): string | null {
  try {
    return localStorage.getItem(`headway.${name}`)
  } catch {
    return null
  }
}
function save(name: string, value: string): void {
  try {
    localStorage.setItem(`headway.${name}`, value)
  } catch {
    // Private windows: it holds until they are closed.
  }
}

function knownZone(name: string | null): string {
  try {
    if (name) return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone
  } catch {
    // Not known to this browser.
  }
  return ''
}

export const localZone = new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

class Prefs {
  theme = $state<Theme>((load('theme') as Theme | null) ?? 'system')
  /** IANA name; empty: the zone of this computer. */
  chosenZone = $state(knownZone(load('zone')))
  shortcuts = $state(load('shortcuts') !== 'off')
  zone = $derived(this.chosenZone === '' ? localZone : this.chosenZone)

  setTheme(theme: Theme): void {
    this.theme = theme
    save('theme', theme)
    applyTheme(theme)
  }
  setZone(zone: string): void {
    this.chosenZone = knownZone(zone)
    save('zone', this.chosenZone)
  }
  setShortcuts(on: boolean): void {
    this.shortcuts = on
    save('shortcuts', on ? 'on' : 'off')
  }
}

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
}

export const prefs = new Prefs()
