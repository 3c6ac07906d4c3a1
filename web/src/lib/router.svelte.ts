// The address bar as state. Filters, sort, range and the open drawer live in the query; Back restores scroll.
import { patched, type QueryPatch } from './path'

interface Entry {
  key: string
}

const scrolls = new Map<string, number>()
let entryKey = '0'
let serial = 0

class Location {
  path = $state(location.pathname)
  search = $state(location.search)
  /** Grows with every navigation that is not a change of the query alone. */
  visits = $state(0)
  query = $derived(new URLSearchParams(this.search))

  get(name: string): string | null {
    return this.query.get(name)
  }
}
export const here = new Location()

function read(): void {
  if (location.pathname !== here.path) {
    here.path = location.pathname
    here.visits += 1
  }
  here.search = location.search
}

function freshKey(): Entry {
  serial += 1
  return { key: `${Date.now().toString(36)}-${serial}` }
}

export interface Go {
  replace?: boolean
  /** Stay where the page is scrolled to: for filters and drawers. */
  keepScroll?: boolean
}

export function navigate(to: string, { replace = false, keepScroll = false }: Go = {}): void {
  const url = new URL(to, location.href)
  if (url.origin !== location.origin) {
    location.assign(url)
    return
  }
  scrolls.set(entryKey, scrollY)
  const next = replace ? { key: entryKey } : freshKey()
  history[replace ? 'replaceState' : 'pushState'](next, '', url)
  entryKey = next.key
  read()
  if (!keepScroll) scrollTo(0, 0)
}

export function setQuery(patch: QueryPatch, go: Go = {}): void {
  const search = patched(here.query, patch).toString()
  if (`?${search}` === here.search || (search === '' && here.search === '')) return
  navigate(here.path + (search === '' ? '' : `?${search}`), { keepScroll: true, ...go })
}

/** The content comes later than the address: tries until the page is tall enough, at most a second and a half. */
function restore(top: number): void {
  const until = performance.now() + 1500
  const attempt = () => {
    const room = document.documentElement.scrollHeight - innerHeight
    if (room >= top || performance.now() > until) scrollTo(0, Math.min(top, Math.max(room, 0)))
    else requestAnimationFrame(attempt)
  }
  requestAnimationFrame(attempt)
}

function onPop(event: PopStateEvent): void {
  scrolls.set(entryKey, scrollY)
  entryKey = (event.state as Entry | null)?.key ?? '0'
  read()
  restore(scrolls.get(entryKey) ?? 0)
}

/** Plain clicks on links of ours stay in the page; everything else is the browser's. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = (event.target as Element | null)?.closest('a')
  if (!link || link.target !== '' || link.hasAttribute('download') || link.origin !== location.origin) return
  if (link.pathname.startsWith('/api/') || link.getAttribute('href')?.startsWith('#')) return
  event.preventDefault()
  navigate(link.href, { keepScroll: link.dataset['keepScroll'] !== undefined })
}

export function startRouter(): () => void {
  history.scrollRestoration = 'manual'
  const state = history.state as Entry | null
  if (state?.key) entryKey = state.key
  else history.replaceState({ key: entryKey }, '')
  addEventListener('popstate', onPop)
  document.addEventListener('click', onClick)
  return () => {
    removeEventListener('popstate', onPop)
    document.removeEventListener('click', onClick)
  }
}
