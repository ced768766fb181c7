import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ClientsError, clientMetadata, parseClients } from './clients.ts'

const client = (fields: object) =>
  JSON.stringify([{ clientId: 'mine', redirectUris: ['org.example.app://done'], ...fields }])

const bad: [string, string, RegExp][] = [
  ['no JSON', '{', /not JSON/],
  ['no list', '{}', /must be a list/],
  ['no id', client({ clientId: undefined }), /entry 1: clientId/],
  ['an id with a space', client({ clientId: 'a b' }), /entry 1: clientId/],
  ['an empty name', client({ name: '' }), /entry 1: name/],
  ['no redirect', client({ redirectUris: [] }), /entry 1: redirectUris/],
  ['no address', client({ redirectUris: ['done'] }), /"done" is no address/],
  ['a fragment', client({ redirectUris: ['https://a.example/#x'] }), /fragment/],
  ['a script', client({ redirectUris: ['javascript:alert(1)'] }), /not where a code may go/],
  ['http to elsewhere', client({ redirectUris: ['http://a.example/'] }), /in the clear/],
]
for (const [what, text, message] of bad) {
  test(`[OI-20] a list of clients is refused with the reason: ${what}`, () => {
    assert.throws(
      () => parseClients(text),
      (error) => error instanceof ClientsError && message.test(error.message),
    )
  })
}

test('[OI-20] a client of the operator’s stands beside the known ones, or in the place of the one with its id', () => {
  const own = parseClients(client({ clientId: 'tidepool-loop' }))
  const all = clientMetadata([...own, ...parseClients(client({ name: 'Mine' }))])
  assert.deepEqual(all.find(({ client_id: id }) => id === 'tidepool-loop')?.redirect_uris, [
    'org.example.app://done',
  ])
  assert.deepEqual(all.find(({ client_id: id }) => id === 'mine')?.client_name, 'Mine')
  assert.ok(all.every((one) => one.token_endpoint_auth_method === 'none'))
})
