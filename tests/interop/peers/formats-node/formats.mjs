// Libraries written by others, behind one line of JSON a question:
//   {"peer", "do": "read", "inputs": [text…]}          → [what it read, or null where it refused…]
//   {"peer", "do": "bench", "inputs": [text…], "seconds"} → {"units": inputs read, "cpu_s": processor seconds}
// A kind of payload is one entry of `readers`: text → a flat object of strings, null when the library calls it invalid.

import { createInterface } from 'node:readline'
import { QRPay } from 'vietnam-qr-pay'
import * as vietqrTs from 'vietqr-ts'
import { parse as promptparse } from 'promptparse'

const text = value => (value === undefined || value === null || value === '' ? null : String(value))

const readers = {
  'vietnam-qr-pay': input => {
    const qr = new QRPay(input)
    if (!qr.isValid) return null
    return {
      bin: text(qr.consumer.bankBin),
      account: text(qr.consumer.bankNumber),
      service: text(qr.provider.service),
      amount: text(qr.amount),
      currency: text(qr.currency),
      name: text(qr.merchant.name),
      purpose: text(qr.additionalData.purpose),
    }
  },
  promptparse: input => {
    const qr = promptparse(input, true)
    if (!qr) return null
    // It knows no template of VietQR: the inside of 38.01 is read by its own generic reader.
    const inner = qr.getTagValue('38', '01')
    const bank = inner ? promptparse(inner) : null
    return {
      bin: text(bank?.getTagValue('00')),
      account: text(bank?.getTagValue('01')),
      service: text(qr.getTagValue('38', '02')),
      amount: text(qr.getTagValue('54')),
      currency: text(qr.getTagValue('53')),
      name: text(qr.getTagValue('59')),
      purpose: text(qr.getTagValue('62', '08')),
    }
  },
  // It tells no service and no name.
  'vietqr-ts': input => {
    const { success, data } = vietqrTs.parse(input)
    if (!success || !vietqrTs.verifyCRC(input)) return null
    return {
      bin: text(data.bankCode),
      account: text(data.accountNumber),
      amount: text(data.amount),
      currency: text(data.currency),
      purpose: text(data.message ?? data.purposeCode),
    }
  },
}

// A library that throws has refused.
const refusing = reader => input => {
  try {
    return reader(input)
  } catch {
    return null
  }
}

const answer = ({ peer, do: what, inputs, seconds }) => {
  const read = refusing(readers[peer])
  if (what === 'read') return inputs.map(read)
  const started = process.cpuUsage()
  const until = process.hrtime.bigint() + BigInt(Math.round(seconds * 1e9))
  let units = 0
  let sink = 0
  while (process.hrtime.bigint() < until) {
    for (const input of inputs) sink += read(input) ? 1 : 0
    units += inputs.length
  }
  const { user, system } = process.cpuUsage(started)
  return { units, cpu_s: (user + system) / 1e6, valid: sink }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(answer(JSON.parse(line)))}\n`)
}
