import { describe, expect, it } from 'vitest'
import { attributeKey, guess, guessAll, mapOf, problemsOf, rowProblem, type Target } from '../src/lib/mapping'

describe('columns', () => {
  it('are recognised by their names, as the server does', () => {
    expect(guess('E-Mail')).toBe('email')
    expect(guess('First Name')).toBe('first_name')
    expect(guess('Telefon')).toBe('phone')
    expect(guess('Company')).toBe('attribute')
    expect(guess('имя')).toBe('attribute')
  })
  it('share no field: the first one has it', () => {
    expect(guessAll(['email', 'Mail', 'id'])).toEqual(['email', 'attribute', 'external_id'])
  })
  it('that are attributes have the name that messages use', () => {
    expect(attributeKey('Company name')).toBe('company_name')
    expect(attributeKey('companyName')).toBe('company_name')
    expect(attributeKey(' Größe (cm) ')).toBe('größe_cm')
  })
})

describe('the map that is sent', () => {
  const columns = ['Mail', 'Contact', 'Company', 'Notes']
  it('names what was chosen and leaves attributes to the server', () => {
    expect(mapOf(columns, ['email', 'name', 'attribute', '-'])).toBe('email:Mail,name:Contact,-:Notes')
  })
  it('says so when a recognised column is to be an attribute', () => {
    expect(mapOf(['id', 'email'], ['attribute', 'email'])).toBe('attributes.id:id,email:email')
  })
  it('cannot name a column with a comma', () => {
    expect(mapOf(['a, b', 'email'], ['-', 'email'])).toBe('email:email')
    expect(problemsOf(['a, b', 'email'], ['-', 'email']).some(({ text, fatal }) => text.includes('a, b') && !fatal)).toBe(true)
  })
})

describe('what stands in the way', () => {
  const fatal = (columns: string[], targets: Target[]) => problemsOf(columns, targets).filter((one) => one.fatal)
  it('is that nobody could be told apart', () => {
    expect(fatal(['Name'], ['name'])).toHaveLength(1)
    expect(fatal(['Name', 'Tel'], ['name', 'phone'])).toEqual([])
  })
  it('is a field for two columns, or a column twice', () => {
    expect(fatal(['a', 'b'], ['email', 'email'])[0]?.text).toContain('2 columns: a, b')
    expect(fatal(['id', 'id'], ['external_id', '-'])).toHaveLength(1)
  })
})

describe('a row', () => {
  const columns = ['Mail', 'Name']
  it('is refused without anything that tells the person apart, or with too many fields', () => {
    expect(rowProblem(['', 'Ada'], columns, ['email', 'name'])).toContain('tells this person apart')
    expect(rowProblem(['a@b.c', 'Ada', 'x'], columns, ['email', 'name'])).toContain('3 fields')
    expect(rowProblem(['ada', 'Ada'], columns, ['email', 'name'])).toContain('e-mail')
    expect(rowProblem(['a@b.c', 'Ada'], columns, ['email', 'name'])).toBeNull()
  })
})
