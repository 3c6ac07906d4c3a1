import { describe, expect, it } from 'vitest'
import type { components } from '../src/api/schema'
import { idleReason, mismatch, reasons, sorted } from '../src/lib/campaign'

type Figures = components['schemas']['CampaignFigures']
const now = Date.parse('2026-11-25T20:00:00Z')
const campaign = (change: Partial<Figures>) =>
  ({
    id: '1',
    name: 'A',
    state: 'active',
    counts: { sent: 0, failed: 0, pending: 10, partial: 0, total: 10 },
    waiting: { active_hours: 10 },
    next_send_at: '2026-11-26T09:00:00Z',
    pause_reason: null,
    enrolling: false,
    progress: 0,
    delivery: { num: 0, den: 0, rate: null, lo: null, hi: null },
    ...change,
  }) as Figures

describe('why nothing goes out', () => {
  it('says when it opens', () => expect(idleReason(campaign({}), now, 'UTC')).toBe('Outside active hours, opens Thu 09:00'))
  it('is nothing while messages go out', () => expect(idleReason(campaign({ waiting: { active_hours: 9, in_flight: 1 } }), now, 'UTC')).toBeNull())
  it('is nothing when all is done', () => expect(idleReason(campaign({ state: 'finished', waiting: {} }), now, 'UTC')).toBeNull())
  it('is the reason of a pause', () => expect(idleReason(campaign({ state: 'paused', pause_reason: 'Guard: too many failures' }), now, 'UTC')).toBe('Guard: too many failures'))
  it('tells a limit from hours', () => expect(idleReason(campaign({ waiting: { campaign_daily_limit: 10 } }), now, 'UTC')).toBe('Daily limit reached, goes on Thu 09:00'))
  it('does without a time that is not known', () => expect(idleReason(campaign({ waiting: { account_unhealthy: 10 }, next_send_at: null }), now, 'UTC')).toBe('Account cannot send'))
  it('knows a campaign without leads', () =>
    expect(idleReason(campaign({ counts: { sent: 0, failed: 0, pending: 0, partial: 0, total: 0 }, waiting: {} }), now, 'UTC')).toBe('No leads'))
})

describe('figures that do not add up', () => {
  const counts = { sent: 5, failed: 1, pending: 3, partial: 1, total: 10 }
  it('are quiet when they do', () => expect(mismatch({ counts, waiting: { due: 4 } })).toBeNull())
  it('are named, not mended', () => {
    expect(mismatch({ counts: { ...counts, sent: 6 }, waiting: { due: 4 } })).toBe('The four counts add up to 11, not to 10.')
    expect(mismatch({ counts, waiting: { due: 3 } })).toBe('The reasons add up to 3, but 4 leads are open.')
  })
})

describe('lists', () => {
  it('put the largest reason first', () => expect(reasons({ due: 1, active_hours: 3 })).toEqual([['active_hours', 3], ['due', 1]]))
  it('are sorted both ways, unknown rates last when descending', () => {
    const list = [campaign({ id: 'a' }), campaign({ id: 'b', delivery: { num: 9, den: 10, rate: 0.9, lo: 0, hi: 1 } }), campaign({ id: 'c', delivery: { num: 1, den: 10, rate: 0.1, lo: 0, hi: 1 } })]
    expect(sorted(list, '-delivery').map(({ id }) => id)).toEqual(['b', 'c', 'a'])
    expect(sorted(list, 'delivery').map(({ id }) => id)).toEqual(['a', 'c', 'b'])
    expect(sorted(list, 'nonsense').map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })
})
