// Reads the beginning of a CSV file, so that a person can say what its columns are. The server reads the file itself and
// decides; the same rules as docs and src/domain/csv.h. Pure.

export type Encoding = 'utf-8' | 'windows-1252'
export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

export interface Head {
  columns: string[]
  rows: string[][]
  /** Lines of the file (from 1) whose number of fields is not that of the header. */
  ragged: number[]
  delimiter: Delimiter
  /** The file went on after what was read. */
  cut: boolean
}
export interface Decoded {
  text: string
  encoding: Encoding
  /** What gave the encoding away. */
  why: 'bom' | 'valid' | 'guess'
}

/** UTF-8 when the bytes are that. Otherwise the old encoding of Windows, in which every byte means something. */
export function decode(bytes: Uint8Array, complete: boolean, wanted: Encoding | null = null): Decoded {
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
  if (wanted === 'windows-1252') return { text: new TextDecoder('windows-1252').decode(bytes), encoding: wanted, why: 'guess' }
  try {
    // A character that the end cuts in two is not an error of the file.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete })
    return { text, encoding: 'utf-8', why: bom ? 'bom' : 'valid' }
  } catch {
    if (wanted === 'utf-8') return { text: new TextDecoder('utf-8').decode(bytes), encoding: wanted, why: 'guess' }
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252', why: 'guess' }
  }
}

/** The one that the first line has most of, outside quotes; a comma when there is none. */
export function findDelimiter(text: string): Delimiter {
  const counts = new Map<string, number>()
  let quoted = false
  let seen = false
  for (const c of text) {
    if (c === '"') quoted = !quoted
    else if (!quoted && (c === '\n' || c === '\r')) {
      if (seen) break
      continue
    } else if (!quoted && (DELIMITERS as readonly string[]).includes(c)) counts.set(c, (counts.get(c) ?? 0) + 1)
    if (c.trim() !== '') seen = true
  }
  let best: Delimiter = ','
  for (const one of DELIMITERS) if ((counts.get(one) ?? 0) > (counts.get(best) ?? 0)) best = one
  return best
}

interface Row {
  line: number
  fields: string[]
}

/** Rows with quotes, doubled quotes and line breaks inside them; blank lines are left out. */
export function parse(text: string, delimiter: string, most = Infinity): { rows: Row[]; open: boolean } {
  const rows: Row[] = []
  let fields: string[] = []
  let field = ''
  let state: 'start' | 'plain' | 'quoted' | 'after' = 'start'
  let line = 1
  let begin = 1
  const endField = () => {
    fields.push(field)
    field = ''
    state = 'start'
  }
  const endRow = () => {
    endField()
    if (fields.length > 1 || fields[0]?.trim() !== '') rows.push({ line: begin, fields })
    fields = []
    begin = line
  }
  for (let i = 0; i < text.length && rows.length < most; i += 1) {
    const c = text[i] as string
    if (state === 'quoted') {
      if (c === '"' && text[i + 1] === '"') {
        field += '"'
        i += 1
      } else if (c === '"') state = 'after'
      else {
        if (c === '\n') line += 1
        field += c
      }
      continue
    }
    if (c === '\n' || c === '\r') {
      if (c === '\r' && text[i + 1] === '\n') i += 1
      line += 1
      endRow()
    } else if (c === delimiter) endField()
    else if (c === '"' && state === 'start') state = 'quoted'
    else {
      state = state === 'after' ? 'after' : 'plain'
      field += c
    }
  }
  const open = state === ('quoted' as typeof state)
  if (rows.length < most && (field !== '' || fields.length > 0)) endRow()
  return { rows, open }
}

/** Header and first rows. `complete`: `text` is all of the file; otherwise its last row may be half a row. */
export function readHead(text: string, complete: boolean, wanted: Delimiter | null = null, most = 20): Head | null {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text
  const delimiter = wanted ?? findDelimiter(plain)
  const { rows } = parse(plain, delimiter, most + 2)
  const cut = !complete || rows.length > most + 1
  // The last row of a piece may go on after it.
  const whole = !complete && rows.length < most + 2 ? rows.slice(0, -1) : rows
  const header = whole[0]
  if (header === undefined) return null
  const shown = whole.slice(1, most + 1)
  return {
    columns: header.fields.map((name) => name.trim()),
    rows: shown.map(({ fields }) => fields),
    ragged: shown.filter(({ fields }) => fields.length !== header.fields.length).map(({ line }) => line),
    delimiter,
    cut,
  }
}
