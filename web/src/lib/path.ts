// Addresses: which page a path names, and changing the query. Pure.

export type Params = Record<string, string>
export interface Pattern<T> {
  path: string
  page: T
}

/** The first pattern that fits; ":name" takes one segment. Trailing slashes do not matter. */
export function match<T>(patterns: readonly Pattern<T>[], path: string): { page: T; params: Params; pattern: string } | null {
  const segments = split(path)
  for (const { path: pattern, page } of patterns) {
    const wanted = split(pattern)
    if (wanted.length !== segments.length) continue
    const params: Params = {}
    const fits = wanted.every((want, i) => {
      const got = segments[i] as string
      if (!want.startsWith(':')) return want === got
      params[want.slice(1)] = got
      return true
    })
    if (fits) return { page, params, pattern }
  }
  return null
}

function split(path: string): string[] {
  return path
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => {
      try {
        return decodeURIComponent(segment)
      } catch {
        return segment
      }
    })
}

export type QueryPatch = Record<string, string | number | boolean | null | undefined>

/** A query with some values changed: null, undefined, false and '' take one away. Sorted, so equal states have equal addresses. */
export function patched(query: URLSearchParams, patch: QueryPatch): URLSearchParams {
  const next = new URLSearchParams(query)
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === false || value === '') next.delete(name)
    else next.set(name, String(value))
  }
  next.sort()
  return next
}

export function href(path: string, query: QueryPatch | URLSearchParams = {}): string {
  const search = (query instanceof URLSearchParams ? query : patched(new URLSearchParams(), query)).toString()
  return search === '' ? path : `${path}?${search}`
}

/** Where a login may lead back to: a path of ours, never another site. */
export function safeBack(text: string | null): string {
  if (text === null || !/^\/(?![/\\])/.test(text) || text.startsWith('/login')) return '/campaigns'
  return text
}
