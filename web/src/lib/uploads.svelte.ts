// Files on their way to the server. They belong to no page: leaving one does not stop them. Closing the tab does, and
// the browser asks before.
import { Failure, asFailure, failureOf } from '../api/failure'
import { api, raw, take, type Schemas } from '../api/client'
import { href } from './path'
import { forget } from './resource.svelte'
import { session } from './session.svelte'

type Job = Schemas['ImportJob']

export class Upload {
  sent = $state(0)
  state = $state<'sending' | 'done' | 'failed' | 'cancelled'>('sending')
  failure = $state.raw<Failure>()
  /** The collection, as soon as the server has it. */
  collection = $state<string | null>(null)
  job = $state.raw<Job>()
  readonly started = Date.now()
  ended = $state<number | null>(null)
  /** Of the server, when it began: those that were there before are not ours. */
  #before = new Set<string>()
  #request = new XMLHttpRequest()
  #stopped = false

  constructor(
    readonly file: File,
    readonly name: string,
    private readonly query: Record<string, string>,
  ) {
    this.collection = query['collection_id'] ?? null
  }

  async start(): Promise<void> {
    if (this.collection === null) this.#before = new Set((await this.#newest()).map(({ id }) => id))
    else {
      const before = await take(api.GET('/api/v1/leads/{id}', { params: { path: { id: this.collection } } })).catch(() => null)
      if (before?.job) this.#before.add(before.job.id)
    }
    const request = this.#request
    request.open('POST', href('/api/v1/leads/import', this.query))
    request.setRequestHeader('Content-Type', 'text/csv')
    if (session.csrf !== null) request.setRequestHeader('X-CSRF-Token', session.csrf)
    request.upload.onprogress = ({ loaded }) => (this.sent = loaded)
    request.onload = () => this.#answered()
    request.onerror = () => this.#broke()
    request.onabort = () => this.#finish('cancelled')
    request.send(this.file)
    void this.#watch()
  }

  /** Ends the upload. What the server has read stays. */
  async cancel(): Promise<void> {
    this.#stopped = true
    if (this.collection !== null) {
      await raw<Schemas['ImportAccepted']>('POST', `/api/v1/leads/${this.collection}/cancel`).then(({ job }) => (this.job = job)).catch(() => undefined)
    }
    this.#request.abort()
  }

  #newest(): Promise<Schemas['Collection'][]> {
    return take(api.GET('/api/v1/leads', { params: { query: { limit: 50 } } })).then(({ items }) => items).catch(() => [])
  }
  /** The job answers while the file is still going up. */
  async #watch(): Promise<void> {
    while (this.state === 'sending') {
      await new Promise((resolve) => setTimeout(resolve, 700))
      if (this.state !== 'sending') return
      if (this.collection === null) {
        const mine = (await this.#newest()).find(({ id, name }) => name === this.name && !this.#before.has(id))
        if (mine && this.state === 'sending') {
          this.collection = mine.id
          if (mine.job) this.job = mine.job
        }
      } else {
        const now = await take(api.GET('/api/v1/leads/{id}', { params: { path: { id: this.collection } } })).catch(() => null)
        if (now?.job && this.state === 'sending' && !this.#before.has(now.job.id)) this.job = now.job
      }
    }
  }
  #answered(): void {
    let body: unknown = null
    try {
      body = JSON.parse(this.#request.responseText)
    } catch {
      // Something between us and the server answered.
    }
    const told = body as { success?: boolean; data?: Schemas['ImportAccepted'] } | null
    if (this.#request.status < 300 && told?.success && told.data) {
      this.collection = told.data.id
      this.job = told.data.job
      this.sent = this.file.size
      this.#finish('done')
      return
    }
    if (this.#request.status === 401) session.expired()
    const headers = new Headers()
    const id = this.#request.getResponseHeader('X-Request-Id')
    if (id) headers.set('X-Request-Id', id)
    this.failure = failureOf(this.#request.status, body, headers)
    this.#finish(this.#stopped ? 'cancelled' : 'failed')
  }
  #broke(): void {
    this.failure = asFailure(new TypeError('network'))
    this.#finish(this.#stopped ? 'cancelled' : 'failed')
  }
  #finish(state: 'done' | 'failed' | 'cancelled'): void {
    this.state = state
    this.ended = Date.now()
    forget('collection')
    uploads.changed()
    // What was read before it broke off is there: ask once more how much.
    if (state !== 'done' && this.collection !== null) {
      const id = this.collection
      setTimeout(() => {
        void take(api.GET('/api/v1/leads/{id}', { params: { path: { id } } })).then(({ job }) => {
          if (job && !this.#before.has(job.id)) this.job = job
        }).catch(() => undefined)
      }, 800)
    }
  }
}

class Uploads {
  all = $state.raw<Upload[]>([])
  /** Grows when one ends. */
  ends = $state(0)
  running = $derived(this.all.filter(({ state }) => state === 'sending'))

  start(file: File, name: string, query: Record<string, string>): Upload {
    const upload = new Upload(file, name, query)
    this.all = [upload, ...this.all].slice(0, 20)
    addEventListener('beforeunload', this.#warn)
    void upload.start()
    return upload
  }
  /** One that ended is no longer of interest. */
  dismiss(upload: Upload): void {
    this.all = this.all.filter((one) => one !== upload)
  }
  changed(): void {
    this.ends += 1
    if (this.running.length === 0) removeEventListener('beforeunload', this.#warn)
  }
  #warn = (event: BeforeUnloadEvent) => event.preventDefault()
}
export const uploads = new Uploads()
