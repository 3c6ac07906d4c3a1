// Budget: the JavaScript that the first page needs before it can show itself, gzip, at most 60 kB.
//   node check_size.mjs DIST
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const budget = 60_000
const dist = process.argv[2]
const html = readFileSync(join(dist, 'index.html'), 'utf8')
const needed = new Set()
function need(file) {
  if (needed.has(file)) return
  needed.add(file)
  const text = readFileSync(join(dist, 'assets', file), 'utf8')
  // Static imports only: what is loaded by import() comes when its page is opened.
  for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)) need(name)
}
for (const [, name] of html.matchAll(/(?:src|href)="\/assets\/([^"]+\.js)"/g)) need(name)
const initial = [...needed]
// The page itself: the largest one that an address can open.
const gzip = (file) => gzipSync(readFileSync(join(dist, 'assets', file)), { level: 9 }).length
const sum = initial.reduce((bytes, file) => bytes + gzip(file), 0)
const all = readdirSync(join(dist, 'assets')).filter((name) => name.endsWith('.js'))
const total = all.reduce((bytes, file) => bytes + gzip(file), 0)
console.log(`initial JavaScript ${sum} B gzip in ${initial.length} files, budget ${budget}; all ${total} B`)
if (initial.length === 0 || sum > budget) process.exit(1)
