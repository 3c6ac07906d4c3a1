import { describe, expect, it } from 'vitest'
import { uiPath } from '../src/lib/ui_path'

describe('places that the server names', () => {
  it('are pages of ours', () => {
    expect(uiPath('/leads/12')).toBe('/collections/12')
    expect(uiPath('/accounts/71')).toBe('/accounts/71')
    expect(uiPath('/api/v1/accounts/71/logs')).toBe('/accounts/71')
    expect(uiPath('/campaigns/4711')).toBe('/campaigns/4711')
    expect(uiPath('/campaigns/4711/variants')).toBe('/campaigns/4711')
    expect(uiPath('/campaigns/compare?ids=1,2')).toBe('/compare?ids=1,2')
  })
  it('keep their filter', () => {
    expect(uiPath('/campaigns/4711/leads?status=failed&account_id=71')).toBe('/campaigns/4711/leads?status=failed&account_id=71')
    expect(uiPath('/campaigns/4711/leads/9')).toBe('/campaigns/4711/leads?lead=9')
  })
  it('are no links when nothing shows them', () => {
    expect(uiPath('/audit')).toBeNull()
    expect(uiPath('/inbox/conversations')).toBeNull()
    expect(uiPath(null)).toBeNull()
    expect(uiPath('https://evil.example/campaigns/1')).toBeNull()
  })
})
