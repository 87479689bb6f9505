// Rebuilds banks.csv beside this script from an npm package. Needs no network itself.
//
//     npm install --prefix /tmp/sources --ignore-scripts vietnam-qr-pay@1.5.1
//     node core/formats/data/build.mjs /tmp/sources
//
// The result depends on the package alone: running it twice gives the same bytes. README.md says what each column means.

import { createRequire } from 'node:module'
import { writeFileSync } from 'node:fs'

// Banks that the package lists twice under one number without saying which name is the older one.
const FORMER_BY_HAND = new Set(['dongabank'])

const [, , sources] = process.argv
if (!sources) {
  console.error('node core/formats/data/build.mjs FOLDER')
  process.exit(1)
}
const require = createRequire(`${sources}/node_modules/`)
const { Banks } = require('vietnam-qr-pay')
const { version } = require('vietnam-qr-pay/package.json')
if (version !== '1.5.1') throw new Error(`vietnam-qr-pay ${version} is not the version of this edition`)

const isFormer = bank => Boolean(bank.deprecated) || FORMER_BY_HAND.has(bank.key)
const byBin = new Map()
for (const bank of Banks) {
  if (!bank.bin) continue // no number, so no code can name it
  if (!/^\d{6}$/.test(bank.bin)) throw new Error(`bank number ${bank.bin}`)
  const entry = byBin.get(bank.bin) ?? { former: [] }
  if (isFormer(bank)) entry.former.push(bank)
  else if (entry.bank) throw new Error(`two banks ${bank.bin}`)
  else entry.bank = bank
  byBin.set(bank.bin, entry)
}

const cell = text => {
  const value = String(text ?? '').normalize('NFC').trim()
  if (/[",;\n]/.test(value)) throw new Error(`a cell with a separator: ${value}`)
  return value
}
const rows = [...byBin.entries()]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([bin, { bank, former }]) =>
    [
      bin,
      cell(bank.code),
      cell(bank.shortName),
      cell(bank.name),
      cell(bank.swiftCode),
      bank.vietQRStatus === 1 ? 'both' : bank.vietQRStatus === 0 ? 'receive' : 'none',
      bank.lookupSupported === 1 ? 'yes' : 'no',
      former.map(old => cell(old.shortName)).sort().join(';'),
    ].join(','),
  )
const text = `${['bin,code,short_name,name,swift,vietqr,lookup,former', ...rows].join('\n')}\n`
writeFileSync(new URL('banks.csv', import.meta.url), text)
console.log(`banks.csv: ${rows.length} banks, ${Buffer.byteLength(text)} bytes`)
