import { describe, expect, it } from 'vitest'
import { failureOf } from '../src/api/failure'
import { bandOf } from '../src/lib/bands'
import { csvLine } from '../src/lib/csv'
import { isOpen, peak, shade } from '../src/lib/heat'
import { Queue } from '../src/lib/queue'
import { bucketOf, fromLocalInput, rangeOf, toLocalInput } from '../src/lib/range'
import { filterOf, told } from '../src/pages/leads/query'
import { story } from '../src/pages/leads/story'

describe('bands', () => {
  it('are drawn from the integers: exactly at an edge is moderate', () => {
    expect(bandOf({ num: 95, den: 100 })).toBe('moderate')
    expect(bandOf({ num: 951, den: 1000 })).toBe('high')
    expect(bandOf({ num: 80, den: 100 })).toBe('moderate')
    expect(bandOf({ num: 799, den: 1000 })).toBe('low')
    expect(bandOf({ num: 0, den: 0 })).toBe('none')
  })
})

describe('csv', () => {
  it('quotes what needs it', () => expect(csvLine(['a,b', 'c"d', 'e\nf', null, 5])).toBe('"a,b","c""d","e\nf",,5\r\n'))
  it('never writes a formula', () => expect(csvLine(['=1+1', '@x', '-2', '+49 30'])).toBe("'=1+1,'@x,'-2,'+49 30\r\n"))
})

describe('the heat map', () => {
  it('spreads what there is over its ramp', () => {
    expect(shade(0.1, 0.1, 0.5)).toBe(1)
    expect(shade(0.5, 0.1, 0.5)).toBe(7)
    expect(shade(null, 0, 1)).toBe(0)
  })
  it('does without a spread', () => {
    expect(shade(0.3, 0.3, 0.3)).toBe(4)
    expect(shade(0.3, Infinity, -Infinity)).toBe(1)
  })
  it('outlines hours that are open in part', () => {
    const days = [['09:00', '12:30'], ['22:00', '00:00']]
    expect([8, 9, 12, 13, 21, 22, 23].map((hour) => isOpen(days, hour))).toEqual([false, true, true, false, false, true, true])
    expect(isOpen(undefined, 9)).toBe(false)
  })
  it('knows the highest cell', () => expect(peak([{ value: 1, n: 30 }, { value: 3, n: 30 }, { value: 3, n: 40 }])?.n).toBe(30))
})

describe('the range of a series', () => {
  const now = Date.parse('2026-11-25T12:00:30Z')
  it('is a preset, to the minute', () => expect(rangeOf(new URLSearchParams('range=24h'), now)).toEqual({ from: '2026-11-24T12:00:00.000Z', to: null }))
  it('by hand wins', () => expect(rangeOf(new URLSearchParams('range=7d&from=2026-11-01T00:00:00Z'), now).from).toBe('2026-11-01T00:00:00.000Z'))
  it('is all for nonsense', () => {
    expect(rangeOf(new URLSearchParams('from=yesterday'), now)).toEqual({ from: null, to: null })
    expect(rangeOf(new URLSearchParams('from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z'), now).to).toBeNull()
  })
  it('has hours when it is short and days when it is long', () => {
    expect(bucketOf({ from: null, to: null }, now - 3_600_000, now)).toBe('hour')
    expect(bucketOf({ from: '2026-11-01T00:00:00Z', to: null }, 0, now)).toBe('day')
  })
  it('is typed in the zone that is shown, across the change of the clocks', () => {
    for (const text of ['2026-07-01T09:30', '2026-12-01T09:30', '2026-03-29T03:30', '2026-10-25T04:00']) {
      expect(toLocalInput(fromLocalInput(text, 'Europe/Berlin'), 'Europe/Berlin')).toBe(text)
    }
    expect(fromLocalInput('2026-07-01T09:30', 'Europe/Berlin')).toBe('2026-07-01T07:30:00.000Z')
    expect(fromLocalInput('', 'UTC')).toBeNull()
  })
})

describe('the filter of leads', () => {
  it('takes filters only, in one order', () => expect(filterOf(new URLSearchParams('lead=1&search=x&status=sent&at=5&junk=1'))).toEqual([['status', 'sent'], ['search', 'x']]))
  it('reads well', () => {
    const names = new Map([['account:71', 'North desk']])
    expect(told('account_id', '71', names)).toBe('Account North desk')
    expect(told('account_id', '72', names)).toBe('Account 72')
    expect(told('failure_class', 'recipient_invalid', names)).toBe('Address does not exist')
    expect(told('replied', 'true', names)).toBe('Replied')
    expect(told('step', '0', names)).toBe('No step yet')
  })
})

describe('the story of a lead', () => {
  type Messages = Parameters<typeof story>[0]
  const message = (at: string | null, outcome: string) => ({ at, handed_over_at: null, outcome, step: 1, attempt: 1 }) as Messages[number]
  it('is in the order of time; what goes on is last', () => {
    const told = story([message(null, 'in_flight'), message('2026-11-25T10:00:00Z', 'delivered')], [
      { at: '2026-11-25T09:00:00Z', kind: 'enrolled', text: '' },
      { at: '2026-11-25T11:00:00.5Z', kind: 'replied', text: 'Yes' },
    ])
    expect(told.map(({ kind }) => kind)).toEqual(['enrolled', 'delivered', 'replied', 'in_flight'])
    expect(told.map(({ tone }) => tone)).toEqual(['plain', 'good', 'good', 'plain'])
  })
})

describe('failures', () => {
  it('say what the server said', () => {
    const failure = failureOf(400, { success: false, error: 'Invalid request', data: { fieldErrors: { name: ['Required'] } } }, new Headers({ 'X-Request-Id': 'r1' }))
    expect(failure).toMatchObject({ status: 400, message: 'Invalid request', fieldErrors: { name: ['Required'] }, requestId: 'r1', retryAfter: null })
  })
  it('of something else than the API are named by their status', () => expect(failureOf(502, '<html>', new Headers()).message).toBe('The server answered 502'))
  it('know how long to wait', () => expect(failureOf(503, {}, new Headers({ 'Retry-After': '7' })).retryAfter).toBe(7))
})

describe('the queue', () => {
  it('runs as many at once as it is wide, and all in the end', async () => {
    const queue = new Queue(2)
    let running = 0
    let most = 0
    const task = async (i: number) => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      await Promise.resolve()
      running -= 1
      return i
    }
    expect(await Promise.all([1, 2, 3, 4, 5].map((i) => queue.run(() => task(i))))).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })
  it('goes on after a failure', async () => {
    const queue = new Queue(1)
    await expect(queue.run(() => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await queue.run(() => Promise.resolve(1))).toBe(1)
  })
})
