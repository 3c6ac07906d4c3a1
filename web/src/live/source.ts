// Keeps a LiveCore fed: one EventSource, and polling while that is cut. EventSource says Last-Event-ID by itself when it
// reconnects, so the server resumes where we were.
import type { LiveCore } from './core'
import type { Figures } from './protocol'

/** No stream for so long: figures are asked for instead. */
const POLL_AFTER_MS = 4000
const POLL_EVERY_MS = 5000
const RETRY_MS = [1000, 2000, 5000, 10_000, 20_000]

export class LiveSource {
  #stream: EventSource | undefined
  #cutAt: number | undefined
  #tries = 0
  #retry: ReturnType<typeof setTimeout> | undefined
  #poll: ReturnType<typeof setTimeout> | undefined

  constructor(
    private readonly core: LiveCore,
    private readonly origin: string,
  ) {}

  start(): void {
    this.#connect()
  }
  /** Now, not when the next try is due. */
  retry(): void {
    if (this.#stream?.readyState === EventSource.OPEN) return
    this.#tries = 0
    this.#connect()
  }
  stop(): void {
    this.#stream?.close()
    this.#stream = undefined
    clearTimeout(this.#retry)
    clearTimeout(this.#poll)
    this.#poll = undefined
  }

  #connect(): void {
    clearTimeout(this.#retry)
    this.#stream?.close()
    const stream = new EventSource(`${this.origin}/api/v1/stream`)
    this.#stream = stream
    stream.onopen = () => {
      this.#tries = 0
      this.#cutAt = undefined
      clearTimeout(this.#poll)
      this.#poll = undefined
      this.core.setLink('live')
    }
    stream.addEventListener('campaign', (event) => {
      this.core.accept(JSON.parse((event as MessageEvent<string>).data) as Figures)
    })
    stream.addEventListener('campaign_removed', (event) => {
      this.core.remove((JSON.parse((event as MessageEvent<string>).data) as { id: string }).id)
    })
    stream.onerror = () => {
      if (stream !== this.#stream) return
      this.#cut()
      // CONNECTING: the browser tries again by itself. CLOSED: it was refused, and trying again is ours.
      if (stream.readyState === EventSource.CLOSED) void this.#refused()
    }
  }

  #cut(): void {
    this.#cutAt ??= Date.now()
    if (this.core.link === 'live') this.core.setLink('reconnecting')
    this.#poll ??= setTimeout(() => void this.#ask(), POLL_AFTER_MS)
  }

  async #refused(): Promise<void> {
    const status = await fetch(`${this.origin}/api/v1/auth/session`).then(
      (response) => response.status,
      () => 0,
    )
    if (status === 401) {
      this.stop()
      this.core.reset()
      this.core.setLink('signed_out')
      return
    }
    const wait = RETRY_MS[Math.min(this.#tries, RETRY_MS.length - 1)] as number
    this.#tries += 1
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => this.#connect(), wait)
  }

  async #ask(): Promise<void> {
    try {
      const response = await fetch(`${this.origin}/api/v1/campaigns?limit=200`)
      if (response.ok) {
        const body = (await response.json()) as { data: { items: Figures[] } }
        for (const campaign of body.data.items) this.core.accept(campaign)
        if (this.#cutAt !== undefined) this.core.setLink('polling')
      } else if (this.core.link === 'polling') this.core.setLink('reconnecting')
    } catch {
      if (this.core.link === 'polling') this.core.setLink('reconnecting')
    }
    if (this.#poll !== undefined) this.#poll = setTimeout(() => void this.#ask(), POLL_EVERY_MS)
  }
}
