// The heart of the live figures, without browser: absolute snapshots with versions in, at most four updates a second out.
import type { Figures, FromWorker, Link } from './protocol'

export interface Timers {
  now: () => number
  later: (run: () => void, ms: number) => void
}
export interface Listener {
  tell: (message: FromWorker) => void
}

/** Between two updates of a page. */
export const FLUSH_MS = 250
/** A page that has not been heard of for so long is gone. Hidden pages may run their timers once a minute only. */
export const GONE_MS = 200_000
const SNAPSHOTS_MAX = 2000

interface Member {
  dirty: Set<string>
  removed: Set<string>
  heard: number
}

export class LiveCore {
  link: Link = 'connecting'
  since: number
  readonly #timers: Timers
  readonly #figures = new Map<string, Figures>()
  readonly #members = new Map<Listener, Member>()
  #planned = false
  #flushed = -Infinity

  constructor(timers: Timers) {
    this.#timers = timers
    this.since = timers.now()
  }

  join(listener: Listener): void {
    this.#members.set(listener, { dirty: new Set(), removed: new Set(), heard: this.#timers.now() })
    listener.tell({ kind: 'link', link: this.link, since: this.since })
    if (this.#figures.size > 0) listener.tell({ kind: 'figures', changed: [...this.#figures.values()], removed: [] })
  }
  leave(listener: Listener): void {
    this.#members.delete(listener)
  }
  heard(listener: Listener): void {
    const member = this.#members.get(listener)
    if (member) member.heard = this.#timers.now()
    else this.join(listener) // it slept for so long that it was forgotten
  }
  /** Forgets pages that are gone; how many are left. */
  sweep(): number {
    for (const [listener, member] of this.#members) {
      if (this.#timers.now() - member.heard > GONE_MS) this.#members.delete(listener)
    }
    return this.#members.size
  }

  /** False when we know this version or a newer one already. */
  accept(figures: Figures): boolean {
    const known = this.#figures.get(figures.id)
    if (known !== undefined && known.version >= figures.version) return false
    this.#figures.delete(figures.id)
    this.#figures.set(figures.id, figures)
    if (this.#figures.size > SNAPSHOTS_MAX) this.#figures.delete(this.#figures.keys().next().value as string)
    for (const member of this.#members.values()) {
      member.dirty.add(figures.id)
      member.removed.delete(figures.id)
    }
    this.#plan()
    return true
  }
  remove(id: string): void {
    this.#figures.delete(id)
    for (const member of this.#members.values()) {
      member.dirty.delete(id)
      member.removed.add(id)
    }
    this.#plan()
  }
  /** Another server, or another database: its versions mean nothing beside the ones we know. */
  reset(): void {
    this.#figures.clear()
  }

  setLink(link: Link): void {
    if (link === this.link) return
    const gap = link === 'live' && this.link !== 'connecting'
    this.link = link
    this.since = this.#timers.now()
    for (const listener of this.#members.keys()) {
      listener.tell({ kind: 'link', link, since: this.since })
      if (gap) listener.tell({ kind: 'gap' })
    }
  }

  #plan(): void {
    if (this.#planned) return
    this.#planned = true
    const wait = Math.max(0, this.#flushed + FLUSH_MS - this.#timers.now())
    this.#timers.later(() => this.#flush(), wait)
  }
  #flush(): void {
    this.#planned = false
    this.#flushed = this.#timers.now()
    for (const [listener, member] of this.#members) {
      if (member.dirty.size === 0 && member.removed.size === 0) continue
      const changed = [...member.dirty].flatMap((id) => this.#figures.get(id) ?? [])
      listener.tell({ kind: 'figures', changed, removed: [...member.removed] })
      member.dirty.clear()
      member.removed.clear()
    }
  }
}
