import { describe, expect, it } from 'vitest'
import { decode, findDelimiter, parse, readHead } from '../src/lib/csv_read'

const bytes = (text: string) => new TextEncoder().encode(text)

describe('the encoding of a file', () => {
  it('is UTF-8 when the bytes are that, with or without a mark', () => {
    expect(decode(bytes('name\nJürgen'), true)).toMatchObject({ text: 'name\nJürgen', encoding: 'utf-8', why: 'valid' })
    expect(decode(new Uint8Array([0xef, 0xbb, 0xbf, 0x61]), true)).toMatchObject({ text: 'a', why: 'bom' })
  })
  it('is that of Windows when they are not', () => {
    expect(decode(new Uint8Array([0x4a, 0xfc, 0x72, 0x67]), true)).toMatchObject({ text: 'Jürg', encoding: 'windows-1252', why: 'guess' })
  })
  it('is not doubted because the piece ends inside a character', () => {
    expect(decode(bytes('Jü').subarray(0, 2), false)).toMatchObject({ text: 'J', encoding: 'utf-8' })
    expect(decode(bytes('Jü').subarray(0, 2), true)).toMatchObject({ encoding: 'windows-1252' })
  })
  it('is what a person says', () => {
    expect(decode(bytes('ü'), true, 'windows-1252').text).toBe('Ã¼')
    expect(decode(new Uint8Array([0xfc]), true, 'utf-8')).toMatchObject({ text: '\ufffd', encoding: 'utf-8' })
  })
})

describe('the delimiter', () => {
  it('is the one that the header has most of, outside quotes', () => {
    expect(findDelimiter('a;b;c\n1,2,3,4,5')).toBe(';')
    expect(findDelimiter('"a,b,c,d"|e|f')).toBe('|')
    expect(findDelimiter('a\tb\n')).toBe('\t')
    expect(findDelimiter('\n\na;b')).toBe(';')
    expect(findDelimiter('email')).toBe(',')
  })
})

describe('rows', () => {
  it('may have quotes, doubled quotes and line breaks inside them', () => {
    expect(parse('a,"b ""c""\nd",e\r\nf,,\n\n"g",h,i', ',').rows).toEqual([
      { line: 1, fields: ['a', 'b "c"\nd', 'e'] },
      { line: 3, fields: ['f', '', ''] },
      { line: 5, fields: ['g', 'h', 'i'] },
    ])
  })
  it('end with any kind of line end', () => {
    expect(parse('a\rb\nc\r\nd', ',').rows.map(({ fields }) => fields[0])).toEqual(['a', 'b', 'c', 'd'])
  })
  it('tell when a quote was never closed', () => {
    expect(parse('a\n"b,c\n', ',').open).toBe(true)
    expect(parse('a\n"b",c\n', ',').open).toBe(false)
  })
})

describe('the head of a file', () => {
  it('has the columns and the first rows', () => {
    const head = readHead('\ufeffid; Name \n1;Ada\n2;Ben;x\n', true)
    expect(head).toEqual({ columns: ['id', 'Name'], rows: [['1', 'Ada'], ['2', 'Ben', 'x']], ragged: [3], delimiter: ';', cut: false })
  })
  it('leaves out a row that the piece cuts in two', () => {
    expect(readHead('id,name\n1,Ada\n2,Be', false)?.rows).toEqual([['1', 'Ada']])
    expect(readHead('id,name\n1,Ada\n2,Be', true)?.rows).toHaveLength(2)
  })
  it('stops after as many rows as asked for', () => {
    const text = `id\n${Array.from({ length: 50 }, (_, i) => i).join('\n')}`
    expect(readHead(text, true)).toMatchObject({ rows: { length: 20 }, cut: true })
  })
  it('is nothing for nothing', () => {
    expect(readHead('\n \n', true)).toBeNull()
    expect(readHead('', true)).toBeNull()
  })
})
