// Keyboard shortcuts. Those of one letter can be switched off (speech input types letters), and never take a letter from
// a field. Pages add their own while they are open.
import { untrack } from 'svelte'
import { prefs } from './prefs.svelte'

export interface Shortcut {
  /** "g c" is g, then c within a second; "mod+k" is Ctrl or Cmd. */
  keys: string
  label: string
  run: () => void
}
let active = $state.raw<Shortcut[]>([])
let first: { key: string; at: number } | null = null

export const shortcuts = {
  get all(): readonly Shortcut[] {
    return active
  },
}

/** Call it while a component is set up. */
export function useShortcuts(list: Shortcut[]): void {
  $effect(() => {
    untrack(() => {
      active = [...active, ...list]
    })
    return () => {
      active = active.filter((one) => !list.includes(one))
    }
  })
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

export function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return
  const mod = event.ctrlKey || event.metaKey
  if (mod && !event.altKey && !event.shiftKey) {
    const found = active.findLast((one) => one.keys === `mod+${event.key.toLowerCase()}`)
    if (found) {
      event.preventDefault()
      found.run()
    }
    return
  }
  if (mod || event.altKey || !prefs.shortcuts || typing(event.target)) return
  if (document.querySelector('dialog[open]:not(.modeless)')) return
  const pair = first !== null && event.timeStamp - first.at < 1000 ? `${first.key} ${event.key}` : null
  const found = active.findLast((one) => one.keys === pair) ?? active.findLast((one) => one.keys === event.key)
  first = active.some((one) => one.keys.startsWith(`${event.key} `)) ? { key: event.key, at: event.timeStamp } : null
  if (found) {
    event.preventDefault()
    first = null
    found.run()
  }
}
