// Addresses of the API that the server names as places to look at or act, as pages of ours. Pure.
const PAGES: readonly [RegExp, string][] = [
  [/^\/campaigns\/compare$/, '/compare'],
  [/^\/campaigns\/(\d+)\/leads\/(\d+)$/, '/campaigns/$1/leads?lead=$2'],
  [/^\/campaigns\/(\d+)\/leads$/, '/campaigns/$1/leads'],
  [/^\/campaigns\/(\d+)(?:\/.*)?$/, '/campaigns/$1'],
  [/^\/accounts\/(\d+)(?:\/.*)?$/, '/accounts/$1'],
  [/^\/leads\/(\d+)(?:\/.*)?$/, '/collections/$1'],
  [/^\/leads$/, '/collections'],
  [/^\/(campaigns|accounts)$/, '/$1'],
]

/** "/leads/12" of the API is the page of that collection. Null: nothing of ours shows it. */
export function uiPath(link: string | null | undefined): string | null {
  if (link === null || link === undefined) return null
  const [path = '', query = ''] = link.replace(/^\/api\/v1(?=\/)/, '').split('?', 2)
  for (const [pattern, page] of PAGES) {
    if (!pattern.test(path)) continue
    const found = path.replace(pattern, page)
    return query === '' ? found : `${found}${found.includes('?') ? '&' : '?'}${query}`
  }
  return null
}
