// Live figures as state of this page, from the shared worker, or from a stream of this page's own where there is none
// (some browsers on phones).
import { SvelteMap } from 'svelte/reactivity'
import { LiveCore, type Listener } from './core'
import type { Figures, FromWorker, Link, ToWorker } from './protocol'
import { LiveSource } from './source'

class Live {
  link = $state<Link>('connecting')
  /** When it became so, in ms. */
  since = $state(Date.now())
  /** Grows when events may have been missed. */
  gaps = $state(0)
  readonly figures = new SvelteMap<string, Figures>()
  readonly removed = new SvelteMap<string, true>()
  #send: ((message: ToWorker) => void) | undefined

  start(): void {
    if (this.#send) return
    const tell = (message: FromWorker) => this.#take(message)
    if (typeof SharedWorker === 'undefined') this.#alone(tell)
    else this.#shared(tell)
    this.#say({ kind: 'hello' })
    setInterval(() => this.#say({ kind: 'here' }), 45_000)
    addEventListener('pagehide', () => this.#say({ kind: 'bye' }))
    addEventListener('pageshow', (event) => {
      if (event.persisted) this.#say({ kind: 'hello' })
    })
    addEventListener('online', () => this.retry())
  }
  retry(): void {
    this.#say({ kind: 'retry' })
  }

  #say(message: ToWorker): void {
    this.#send?.(message)
  }

  /** `loaded` or what the stream told meanwhile, whichever is newer. */
  newest<T extends Figures>(loaded: T): T {
    const told = this.figures.get(loaded.id)
    return told !== undefined && told.version > loaded.version ? { ...loaded, ...told } : loaded
  }

  #shared(tell: (message: FromWorker) => void): void {
    const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'headway-live' })
    worker.port.onmessage = ({ data }: MessageEvent<FromWorker>) => tell(data)
    worker.port.start()
    this.#send = (message) => worker.port.postMessage(message)
  }
  #alone(tell: (message: FromWorker) => void): void {
    const core = new LiveCore({ now: () => Date.now(), later: (run, ms) => void setTimeout(run, ms) })
    const source = new LiveSource(core, location.origin)
    const listener: Listener = { tell }
    this.#send = (message) => {
      if (message.kind === 'hello') {
        core.join(listener)
        source.start()
      } else if (message.kind === 'bye') {
        core.leave(listener)
        source.stop()
      } else if (message.kind === 'retry') source.retry()
      else core.heard(listener)
    }
  }

  #take(message: FromWorker): void {
    if (message.kind === 'link') {
      this.link = message.link
      this.since = message.since
    } else if (message.kind === 'gap') this.gaps += 1
    else {
      for (const figures of message.changed) this.figures.set(figures.id, figures)
      for (const id of message.removed) {
        this.figures.delete(id)
        this.removed.set(id, true)
      }
    }
  }
}

export const live = new Live()
