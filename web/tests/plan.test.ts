import { describe, expect, it } from 'vitest'
import { bodyOf, changes, delayOf, draftFrom, emptyPlan, fewestDays, isoOf, newStep, newVariant, planOf, problemsOf, stepOf, stepsWith, variantName } from '../src/lib/plan'
import { fieldsOf, render } from '../src/lib/template'

const full = () => {
  const plan = emptyPlan('Europe/Berlin')
  plan.name = 'Spring'
  plan.collections = ['31']
  plan.accounts = ['71']
  plan.steps = [{ ...newStep(true), variants: [newVariant('A', 'Hi')] }, { ...newStep(false), variants: [newVariant('A', 'Any news?')] }]
  return plan
}

describe('delays', () => {
  it('are shown in the largest unit that fits', () => {
    expect(delayOf('P2D')).toEqual({ delay: '2', unit: 'days' })
    expect(delayOf('PT36H')).toEqual({ delay: '36', unit: 'hours' })
    expect(delayOf('P1W')).toEqual({ delay: '7', unit: 'days' })
    expect(delayOf('PT90S')).toEqual({ delay: '2', unit: 'minutes' })
    expect(delayOf('PT0S')).toEqual({ delay: '0', unit: 'days' })
  })
  it('are written as they are read', () => {
    for (const iso of ['P2D', 'PT36H', 'PT45M']) expect(isoOf(delayOf(iso))).toBe(iso)
  })
})

describe('a plan', () => {
  it('becomes what the API takes', () => {
    const plan = full()
    plan.hours.limited = true
    plan.daily_limit = ' 200 '
    expect(bodyOf(plan)).toMatchObject({
      name: 'Spring', daily_limit: 200, attribution_days: 30,
      steps: [{ variants: [{ name: 'A', body: 'Hi', weight: 1 }] }, { delay: 'P2D' }],
      active_hours: { timezone: 'Europe/Berlin', days: { mon: [['09:00', '17:00']] } },
    })
    expect(bodyOf(plan).active_hours?.days).not.toHaveProperty('sun')
    expect(bodyOf(full())).toMatchObject({ active_hours: null, daily_limit: null })
  })
  it('comes back unchanged from a campaign, so that nothing is sent', () => {
    const body = bodyOf(full())
    const campaign = {
      ...body, collections: [{ id: '31', name: '' }], accounts: [{ id: '71', name: '', status: 'active' }],
      steps: body.steps?.map((step, i) => ({ step: i + 1, delay: step.delay ?? 'PT0S', variants: step.variants.map((one) => ({ ...one, id: '5' })) })),
    } as unknown as Parameters<typeof planOf>[0]
    const plan = planOf(campaign, 'UTC')
    expect(changes(plan, planOf(campaign, 'UTC'))).toEqual({})
    const next = planOf(campaign, 'UTC')
    next.daily_limit = '10'
    expect(changes(plan, next)).toEqual({ daily_limit: 10 })
    expect(bodyOf(plan).steps?.[0]?.variants[0]).toMatchObject({ id: '5', body: 'Hi' })
  })
})

describe('what is wrong', () => {
  it('is named as the API names it, at its step of the form', () => {
    const plan = full()
    plan.steps[1] = { delay: 'x', unit: 'days', variants: [newVariant('A')] }
    plan.hours.limited = true
    plan.hours.days['mon'] = [['12:00', '09:00']]
    plan.daily_limit = '0'
    const problems = problemsOf(plan, true)
    expect(Object.keys(problems).sort()).toEqual(['active_hours.days.mon.0', 'daily_limit', 'steps.1.delay', 'steps.1.variants.0.body'])
    expect(stepsWith(problems)).toEqual(['messages', 'schedule'])
  })
  it('is less for a draft than for a start', () => {
    const plan = emptyPlan('UTC')
    plan.name = 'A'
    plan.steps = []
    expect(problemsOf(plan, false)).toEqual({})
    expect(stepsWith(problemsOf(plan, true))).toEqual(['leads', 'accounts', 'messages'])
  })
  it('that nobody knows is shown at the end', () => {
    expect(stepOf('something')).toBe('review')
    expect(stepOf('steps.0.variants.1.weight')).toBe('messages')
  })
})

it('variants are named by the next free letter', () => {
  expect(variantName([newVariant('A'), newVariant('C')])).toBe('B')
})

it('the fewest days follow from the limits alone', () => {
  expect(fewestDays(10_000, { daily_limit: '2000' }, [null])).toEqual({ aDay: 2000, days: 5 })
  expect(fewestDays(10_000, { daily_limit: '2000' }, [500, 600])).toEqual({ aDay: 1100, days: 10 })
  expect(fewestDays(10, { daily_limit: '' }, [100, null])).toBeNull()
})

it('a draft that is none is no draft', () => {
  expect(draftFrom('{', 'UTC')).toBeNull()
  expect(draftFrom('{"name":1}', 'UTC')).toBeNull()
  expect(draftFrom(JSON.stringify(full()), 'UTC')).toEqual(full())
})

describe('a message', () => {
  const ada = { id: '1', name: 'Ada King Lovelace', email: null, phone: null, external_id: null, messenger_id: null, timezone: null, consent: null, attributes: { company: 'Engines', n: 3 } }
  it('has the data of the person in it', () => {
    expect(render('Hi {{first_name}} {{ last_name }} of {{company}} ({{attributes.n}})', ada).text).toBe('Hi Ada King Lovelace of Engines (3)')
  })
  it('uses the fallback for what is missing, or says what is', () => {
    expect(render('{{email|nobody}}{{email|}}', ada).text).toBe('nobody')
    expect(render('{{email}}', ada)).toMatchObject({ text: null, problem: expect.stringContaining('No email') as string })
  })
  it('says what is not understood', () => {
    expect(render('a {{x', ada).problem).toContain('without')
    expect(render('{{#each}}', ada).problem).toContain('not understood')
    expect(render('a } b }} { c', ada).text).toBe('a } b }} { c')
  })
  it('may use what these people have', () => {
    expect(fieldsOf([ada])).toEqual(['first_name', 'name', 'last_name', 'company', 'n'])
  })
})
