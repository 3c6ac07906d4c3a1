// The leads around what is seen, by rank, loaded in blocks. Rows that are shown never move by themselves: news are put into the
// rows that are there, and a list that became longer or shorter says so and waits to be loaded anew.
import { raw, type Lead, type Schemas } from '../../api/client'
import { asFailure, isAbort, type Failure } from '../../api/failure'
import { href } from '../../lib/path'

export const BLOCK = 100
const KEPT = 40
const STRAYS = 24

type Page = Schemas['LeadList']
export interface Row {
  lead: Lead
  /** It has changed so that the filter would not list it any more. */
  left: boolean
}

export class LeadBlocks {
  total = $state(0)
  exact = $state(true)
  loaded = $state(false)
  failure = $state.raw<Failure>()
  /** The list has another length on the server than here. */
  newTotal = $state<number | null>(null)
  /** Grows with every change of a row: what is drawn depends on it. */
  version = $state(0)
  readonly #path: string
  readonly #blocks = new Map<number, Row[]>()
  readonly #asked = new Map<number, AbortController>()
  readonly #life = new AbortController()
  #patching = false

  constructor(campaign: string, filter: [string, string][]) {
    this.#path = href(`/api/v1/campaigns/${campaign}/leads`, Object.fromEntries(filter))
  }

  row(rank: number): Row | undefined {
    return this.#blocks.get(Math.floor(rank / BLOCK))?.[rank % BLOCK]
  }

  /** Loads what is missing of [first, last) and calls off what is not wanted any more. */
  want(first: number, last: number): void {
    const from = Math.floor(first / BLOCK)
    const to = Math.floor(Math.max(first, last - 1) / BLOCK)
    for (const [block, controller] of this.#asked) {
      if (block >= from - 1 && block <= to + 1) continue
      controller.abort()
      this.#asked.delete(block)
    }
    for (let block = from; block <= to; block += 1) {
      const have = this.#blocks.get(block)
      if (have === undefined) void this.#load(block)
      else {
        this.#blocks.delete(block)
        this.#blocks.set(block, have) // the last used are kept
      }
    }
  }

  /** After a failure. */
  retry(first: number, last: number): void {
    this.failure = undefined
    this.want(first, last)
  }

  close(): void {
    this.#life.abort()
    for (const controller of this.#asked.values()) controller.abort()
  }

  async #page(block: number, signal: AbortSignal): Promise<Page> {
    const join = this.#path.includes('?') ? '&' : '?'
    return raw<Page>('GET', `${this.#path}${join}at=${block * BLOCK}&limit=${BLOCK}`, undefined, signal)
  }

  async #load(block: number): Promise<void> {
    if (this.#asked.has(block) || this.#life.signal.aborted) return
    const controller = new AbortController()
    this.#asked.set(block, controller)
    try {
      const page = await this.#page(block, controller.signal)
      if (controller.signal.aborted) return
      this.#blocks.set(block, page.items.map((lead) => ({ lead, left: false })))
      for (const old of this.#blocks.keys()) {
        if (this.#blocks.size <= KEPT) break
        this.#blocks.delete(old)
      }
      if (!this.loaded) {
        this.total = page.total
        this.exact = page.total_exact
        this.loaded = true
      } else this.#compare(page)
      this.failure = undefined
      this.version += 1
    } catch (error) {
      if (!isAbort(error) && !controller.signal.aborted) this.failure = asFailure(error)
    }
    if (this.#asked.get(block) === controller) this.#asked.delete(block)
  }

  #compare(page: Page): void {
    this.newTotal = page.total === this.total ? null : page.total
  }

  /** Brings the rows of [first, last) up to date where they are. */
  async patch(campaign: string, first: number, last: number): Promise<void> {
    if (this.#patching || !this.loaded) return
    this.#patching = true
    const signal = this.#life.signal
    try {
      const fresh = new Map<string, Lead>()
      for (let block = Math.floor(first / BLOCK); block <= Math.floor(Math.max(first, last - 1) / BLOCK); block += 1) {
        const page = await this.#page(block, signal)
        for (const lead of page.items) fresh.set(lead.id, lead)
        this.#compare(page)
      }
      const strays: Row[] = []
      for (let rank = first; rank < last; rank += 1) {
        const row = this.row(rank)
        if (row === undefined) continue
        const lead = fresh.get(row.lead.id)
        if (lead === undefined) strays.push(row)
        else this.#put(row, lead, false)
      }
      // No longer where they were: asked for one by one, as many as a screen has.
      for (const row of strays.slice(0, STRAYS)) {
        if (row.left) continue
        this.#put(row, await raw<Lead>('GET', `/api/v1/campaigns/${campaign}/leads/${row.lead.id}`, undefined, signal), true)
      }
    } catch {
      // The next change tries again; what is shown stays.
    }
    this.#patching = false
  }

  #put(row: Row, lead: Lead, left: boolean): void {
    if (row.left === left && row.lead.last_action_at === lead.last_action_at && row.lead.status === lead.status && row.lead.reason === lead.reason && row.lead.next_at === lead.next_at) return
    row.lead = lead
    row.left = left
    this.version += 1
  }
}
