import { describe, expect, it } from 'vitest'
import { href, match, patched, safeBack } from '../src/lib/path'

const patterns = [
  { path: '/', page: 'home' },
  { path: '/campaigns', page: 'list' },
  { path: '/campaigns/new', page: 'new' },
  { path: '/campaigns/:id', page: 'one' },
  { path: '/campaigns/:id/leads', page: 'leads' },
]

describe('match', () => {
  it('takes the first that fits', () => expect(match(patterns, '/campaigns/new')?.page).toBe('new'))
  it('gives the parts of the path', () => expect(match(patterns, '/campaigns/4711/leads')).toMatchObject({ page: 'leads', params: { id: '4711' } }))
  it('does not mind a slash at the end', () => expect(match(patterns, '/campaigns/')?.page).toBe('list'))
  it('decodes', () => expect(match(patterns, '/campaigns/a%20b')?.params).toEqual({ id: 'a b' }))
  it('survives what cannot be decoded', () => expect(match(patterns, '/campaigns/%E0%A4%A')?.params).toEqual({ id: '%E0%A4%A' }))
  it('knows what it does not know', () => expect(match(patterns, '/campaigns/1/2/3')).toBeNull())
})

describe('query', () => {
  it('is sorted, so that equal states have equal addresses', () => expect(patched(new URLSearchParams('b=1'), { a: 2 }).toString()).toBe('a=2&b=1'))
  it('drops what is empty', () => expect(patched(new URLSearchParams('a=1&b=2'), { a: null, b: '', c: false }).toString()).toBe(''))
  it('does not change the one it was given', () => {
    const query = new URLSearchParams('a=1')
    patched(query, { a: 2 })
    expect(query.get('a')).toBe('1')
  })
  it('makes addresses', () => expect(href('/x', { q: 'a b', n: 0 })).toBe('/x?n=0&q=a+b'))
})

describe('the way back from a login', () => {
  it('stays on this site', () => {
    expect(safeBack('/campaigns/1?x=2')).toBe('/campaigns/1?x=2')
    for (const bad of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)', null, '/login?back=/login']) {
      expect(safeBack(bad)).toBe('/campaigns')
    }
  })
})
