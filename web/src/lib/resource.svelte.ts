// Data of the server as state of a component. What was loaded once is shown at once when a page is opened again, with
// its age, while it is loaded anew; an answer that a newer question overtook is dropped.
import { untrack } from 'svelte'
import { asFailure, isAbort, type Failure } from '../api/failure'

interface Kept {
  data: unknown
  at: number
}
const KEPT_MAX = 60
const kept = new Map<string, Kept>()

function keep(key: string, data: unknown, at: number): void {
  kept.delete(key)
  kept.set(key, { data, at })
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value as string)
}
/** After a change: what begins so is no longer shown as it was. */
export function forget(prefix = ''): void {
  for (const key of kept.keys()) if (key.startsWith(prefix)) kept.delete(key)
}

export class Resource<T> {
  data = $state.raw<T | undefined>()
  error = $state.raw<Failure | undefined>()
  loading = $state(false)
  /** When `data` came, in ms. */
  at = $state(0)
  #controller: AbortController | undefined
  #key: string | null = null
  readonly #ask: (signal: AbortSignal) => Promise<T>

  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    this.#ask = ask
  }

  open(key: string | null): void {
    if (key !== this.#key) {
      const old = key === null ? undefined : kept.get(key)
      this.data = old?.data as T | undefined
      this.at = old?.at ?? 0
      this.error = undefined
      this.#key = key
    }
    if (key === null) this.close()
    else void this.refetch()
  }

  async refetch(): Promise<void> {
    const key = this.#key
    if (key === null) return
    this.#controller?.abort()
    const controller = new AbortController()
    this.#controller = controller
    this.loading = true
    try {
      const data = await this.#ask(controller.signal)
      if (controller.signal.aborted) return
      this.set(data)
    } catch (error) {
      if (controller.signal.aborted || isAbort(error)) return
      this.error = asFailure(error)
    }
    this.loading = false
  }

  /** New data from elsewhere: the answer to a change, a live snapshot. */
  set(data: T): void {
    this.data = data
    this.error = undefined
    this.at = Date.now()
    if (this.#key !== null) keep(this.#key, data, this.at)
  }

  close(): void {
    this.#controller?.abort()
    this.#controller = undefined
    this.loading = false
  }
}

/**
 * Call it while a component is set up. It loads when `key` changes and stops when the component goes; a null key asks for nothing. The
 * key must say everything that the question depends on.
 */
export function resource<T>(key: () => string | null, ask: (signal: AbortSignal) => Promise<T>): Resource<T> {
  const made = new Resource(ask)
  // Derived: what the key is made of may change often, the question is asked again when the key itself has changed.
  const current = $derived(key())
  $effect.pre(() => {
    const now = current
    untrack(() => made.open(now))
  })
  $effect(() => () => made.close())
  return made
}
