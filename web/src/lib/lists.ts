// Whole lists, for choosing from and for figures of all: page by page, up to a sane end.
import { api, take, type Account, type Campaign, type Schemas } from '../api/client'

const PAGES_MAX = 10
type Page<T> = { items: T[]; next_cursor: string | null }
type Query = { limit: number; cursor?: string }

async function all<T>(ask: (query: Query) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = []
  let cursor: string | null = null
  for (let n = 0; n < PAGES_MAX; n += 1) {
    const page: Page<T> = await ask({ limit: 200, ...(cursor === null ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.next_cursor
    if (cursor === null) break
  }
  return items
}

export const allAccounts = (signal: AbortSignal): Promise<Account[]> =>
  all((query) => take(api.GET('/api/v1/accounts', { params: { query }, signal })))
export const allCampaigns = (signal: AbortSignal): Promise<Campaign[]> =>
  all((query) => take(api.GET('/api/v1/campaigns', { params: { query }, signal })))
export const allCollections = (signal: AbortSignal): Promise<Schemas['Collection'][]> =>
  all((query) => take(api.GET('/api/v1/leads', { params: { query }, signal })))
