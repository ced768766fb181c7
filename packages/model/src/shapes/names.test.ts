import assert from 'node:assert/strict'
import { test } from 'node:test'
import { placeOfBody } from '../faults/place.ts'
import type { Field } from '../fields/field.ts'
import type { Problem } from '../wire.ts'
import { reverseDomain, timeZone, url } from './names.ts'

function faultOf(field: Field, value: string): string | undefined {
  const problems: Problem[] = []
  field.check(value, placeOfBody(problems), {}, {})
  return problems[0]?.code
}

test('[DT-12] a url is absolute and has a host, as Go reads it', () => {
  const good = [
    'https://example.org',
    'http://example.org:8080/a/b?c=d e#f',
    'HTTP://user:pa%20ss@example.org/%7Ea',
    'x+y://[::1]:80/',
    'http://münchen.example/ü',
    'http://:8080',
    'http://a/?%zz',
    'http://a#x#y',
    'git://a_b.c',
  ]
  for (const text of good) assert.equal(faultOf(url, text), undefined, text)
  const bad = [
    'example.org',
    '/a',
    'http:',
    'http:example.org',
    'http:///a',
    'mailto:a@example.org',
    '://example.org',
    '1http://example.org',
    'http://exa mple.org',
    'http://a:b',
    'http://a:b:80',
    'http://a\\b',
    'http://a/%zz',
    'http://a#%zz',
    'http://a\u0000',
    'http://a/\n',
    'http://[::1',
    'http://user@',
    'http://us er@a',
  ]
  for (const text of bad) assert.equal(faultOf(url, text), 'value-not-valid', text)
  assert.equal(faultOf(url, ''), 'value-empty')
  assert.equal(faultOf(url, `http://a/${'x'.repeat(2038)}`), undefined)
  assert.equal(faultOf(url, `http://a/${'x'.repeat(2037)}ü`), 'length-out-of-range')
})

test('[DT-12] no url takes long to refuse', () => {
  const started = performance.now()
  for (const text of [
    `http://${'a@'.repeat(50_000)} `,
    `http://${'%41'.repeat(50_000)}%`,
    `http://a/${'%'.repeat(50_000)}`,
  ]) {
    assert.equal(faultOf(url, text), 'value-not-valid')
  }
  assert.ok(performance.now() - started < 1000)
})

test('[DT-dataSet-1] a deduplicator has the name of a reverse domain', () => {
  for (const text of ['org.example', 'org.tidepool.deduplicator.none', 'a-b.c0']) {
    assert.equal(faultOf(reverseDomain, text), undefined, text)
  }
  for (const text of ['org', '.org', 'org.', 'org..x', '-a.b', 'a-.b', 'org.x_y', `org.${'a'.repeat(64)}`]) {
    assert.equal(faultOf(reverseDomain, text), 'value-not-valid', text)
  }
  const long = Array.from({ length: 127 }, () => 'a').join('.')
  assert.equal(faultOf(reverseDomain, long), undefined)
  assert.equal(faultOf(reverseDomain, `${long}.b`), 'length-out-of-range')
})

test('[DT-13] a time zone has a name of the IANA database, older ones too, in its exact spelling', () => {
  for (const name of [
    'Europe/Berlin',
    'America/Argentina/Buenos_Aires',
    'UTC',
    'GMT',
    'Asia/Calcutta',
    'Asia/Kolkata',
    'US/Pacific',
    'Etc/GMT+8',
    'Europe/Kyiv',
  ]) {
    assert.equal(faultOf(timeZone, name), undefined, name)
  }
  for (const name of [
    'europe/berlin',
    'Europe/berlin',
    'PST',
    '+01:00',
    'UTC+1',
    '../UTC',
    'posix/UTC',
    'localtime',
    'constructor',
  ]) {
    assert.equal(faultOf(timeZone, name), 'value-not-valid', name)
  }
})

test('[DT-13] every time zone that this runtime lists is known', () => {
  const unknown = Intl.supportedValuesOf('timeZone').filter((name) => faultOf(timeZone, name))
  assert.deepEqual(unknown, [], 'time-zones.ts is older than the runtime: add these')
})
