import { describe, expect, it } from 'vitest'
import { BAND_EDGES, bytes, date, dateTime, duration, int, interval, isoDuration, near, percent, points, progress, relative } from '../src/lib/format'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

describe('percent', () => {
  it('is a dash without a denominator', () => expect(percent(0, 0)).toBe('–'))
  it('has one decimal', () => expect(plain(percent(812, 1000))).toBe('81.2 %'))
  it('never shows nothing for something', () => expect(plain(percent(1, 10_000))).toBe('<0.1 %'))
  it('never shows all for less than all', () => expect(plain(percent(9_999, 10_000))).toBe('>99.9 %'))
  it('shows all and nothing without decimals', () => {
    expect(plain(percent(5, 5))).toBe('100 %')
    expect(plain(percent(0, 5))).toBe('0 %')
  })
  it('tells on which side of a band edge it is', () => {
    expect(plain(percent(94_999, 100_000, BAND_EDGES))).toBe('94.999 %')
    expect(plain(percent(95_001, 100_000, BAND_EDGES))).toBe('95.001 %')
    expect(plain(percent(9_505, 10_000, BAND_EDGES))).toBe('95.05 %')
    expect(plain(percent(80, 100, BAND_EDGES))).toBe('80.0 %')
  })
})

describe('progress', () => {
  it('rounds down, so that 100 % means all', () => expect(plain(progress(99.99))).toBe('99.9 %'))
  it('is a dash without leads', () => expect(progress(null)).toBe('–'))
  it('keeps what floating point takes away', () => expect(plain(progress(81.2))).toBe('81.2 %'))
  it('shows the first lead of very many', () => expect(plain(progress(0.01))).toBe('<0.1 %'))
  it('ends at 100', () => expect(plain(progress(100))).toBe('100 %'))
})

describe('numbers', () => {
  it('groups thousands', () => expect(int(10_000_000)).toBe('10,000,000'))
  it('shows nothing known as a dash', () => expect(int(null)).toBe('–'))
  it('shows both bounds', () => expect(plain(interval(0.9347, 0.9619))).toBe('93.5–96.2 %'))
  it('signs a difference', () => {
    expect(points(0.031)).toBe('+3.1 points')
    expect(points(-0.031)).toBe('−3.1 points')
    expect(points(0.0001)).toBe('±0.0 points')
  })
  it('scales bytes', () => expect([bytes(12), bytes(1500), bytes(1_200_000_000)]).toEqual(['12 B', '1.5 kB', '1.2 GB']))
})

describe('times', () => {
  const now = Date.parse('2026-11-25T12:00:00Z')
  it('are of the chosen zone', () => {
    expect(dateTime('2026-11-25T23:30:00Z', 'UTC')).toBe('25 Nov 2026, 23:30')
    expect(dateTime('2026-11-25T23:30:00Z', 'Europe/Berlin')).toBe('26 Nov 2026, 00:30')
    expect(date('2026-11-25T23:30:00Z', 'Asia/Tokyo')).toBe('26 Nov 2026')
  })
  it('are as short as is clear', () => {
    expect(near('2026-11-25T09:05:00Z', now, 'UTC')).toBe('09:05')
    expect(near('2026-11-27T09:05:00Z', now, 'UTC')).toBe('Fri 09:05')
    expect(near('2026-10-02T09:05:00Z', now, 'UTC')).toBe('2 Oct')
    expect(near('2025-10-02T09:05:00Z', now, 'UTC')).toBe('02 Oct 2025')
  })
  it('keep a day of 23 hours apart from its neighbours', () => {
    expect(date('2026-03-29T21:59:00Z', 'Europe/Berlin')).toBe('29 Mar 2026')
    expect(date('2026-03-29T22:00:00Z', 'Europe/Berlin')).toBe('30 Mar 2026')
  })
  it('are relative both ways', () => {
    expect(relative('2026-11-25T11:57:00Z', now)).toBe('3 min ago')
    expect(relative('2026-11-25T14:00:00Z', now)).toBe('in 2 h')
    expect(relative(now - 2000, now)).toBe('just now')
  })
})

describe('durations', () => {
  it('have two units at most', () => {
    expect(duration(7500)).toBe('2 h 5 min')
    expect(duration(59)).toBe('59 s')
    expect(duration(90_061)).toBe('1 d 1 h')
    expect(duration(null)).toBe('–')
  })
  it('are read from ISO 8601', () => {
    expect(isoDuration('P2DT3H')).toBe('2 days 3 hours')
    expect(isoDuration('PT0S')).toBe('at once')
    expect(isoDuration('PT36H')).toBe('36 hours')
    expect(isoDuration('nonsense')).toBe('nonsense')
  })
})
