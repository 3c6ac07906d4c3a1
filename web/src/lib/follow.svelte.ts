// Brings slower data after the live figures: when the version grows, at most every `ms`, and at once after a gap.
import { untrack } from 'svelte'
import { live } from '../live/live.svelte'

/** Call it while a component is set up. */
export function follow(version: () => number | undefined, ms: number, run: () => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen: number | undefined
  let ran = Date.now()
  const go = () => {
    timer = undefined
    if (document.hidden) timer = setTimeout(go, ms)
    else {
      ran = Date.now()
      run()
    }
  }
  $effect(() => {
    const now = version()
    if (now === undefined || now === seen) return
    const first = seen === undefined
    seen = now
    if (!first) timer ??= setTimeout(go, Math.max(0, ran + ms - Date.now()))
  })
  let gaps = live.gaps
  $effect(() => {
    if (live.gaps === gaps) return
    gaps = live.gaps
    untrack(run)
  })
  $effect(() => () => clearTimeout(timer))
}
