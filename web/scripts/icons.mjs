// Writes src/icons/sprite.svg: the icons of lucide-static that the UI uses, and our own glyphs.
//   npm run icons
import { readFileSync, writeFileSync } from 'node:fs'

const names = [
  'activity', 'arrow-down', 'arrow-right', 'arrow-up', 'arrow-up-down', 'calendar-check', 'chart-column', 'check', 'chevron-down',
  'chevron-left', 'chevron-right', 'chevron-up', 'circle-alert', 'circle-help', 'clock', 'command', 'copy', 'download',
  'ellipsis', 'external-link', 'eye', 'file-text', 'filter', 'flask-conical', 'globe', 'inbox', 'info', 'key-round',
  'keyboard', 'list', 'log-out', 'mail', 'megaphone', 'menu', 'monitor', 'moon', 'pause', 'pencil', 'play', 'plus',
  'refresh-cw', 'reply', 'scale', 'search', 'send', 'settings', 'shield-off', 'sun', 'table', 'trash-2',
  'triangle-alert', 'undo-2', 'upload', 'user', 'user-round', 'users', 'webhook', 'wifi', 'wifi-off', 'x',
]
// Filled, 24 x 24, so that a status is told by its shape as well as by its colour.
const own = {
  'half-disc': '<circle cx="12" cy="12" r="8.5"/><path d="M12 3.5a8.5 8.5 0 0 0 0 17z" fill="currentColor"/>',
  'band-high': '<path d="M12 5 20 19H4z" fill="currentColor" stroke="none"/>',
  'band-moderate': '<path d="M12 3 21 12 12 21 3 12z" fill="currentColor" stroke="none"/>',
  'band-low': '<path d="M12 19 4 5h16z" fill="currentColor" stroke="none"/>',
  'band-none': '<path d="M6 12h12"/>',
}

const symbols = names.map((name) => {
  const text = readFileSync(`node_modules/lucide-static/icons/${name}.svg`, 'utf8')
  const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(text)[1].replace(/\s+/g, ' ').replace(/> </g, '><').trim()
  return symbol(name, body)
})
for (const [name, body] of Object.entries(own)) symbols.push(symbol(name, body))

function symbol(name, body) {
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${body}</symbol>`
}
writeFileSync(
  'src/icons/sprite.svg',
  `<svg xmlns="http://www.w3.org/2000/svg"><!-- Icons of lucide-static, ISC licence; see NOTICE. -->\n${symbols.join('\n')}\n</svg>\n`,
)
const union = [...names, ...Object.keys(own)].sort().map((name) => `  | '${name}'`)
writeFileSync('src/icons/names.ts', `// Written by scripts/icons.mjs.\nexport type IconName =\n${union.join('\n')}\n`)
