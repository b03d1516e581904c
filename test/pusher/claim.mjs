// What a point claims, and waits for.

// patience is how long one wait may take, in ms. Where all is well it takes some.
const patience = 20_000

// until waits for a condition, which may be a promise of one.
export async function until(what, condition) {
  for (const end = performance.now() + patience; !(await condition());) {
    if (performance.now() > end) throw new Error(`waited in vain until ${typeof what === 'function' ? what() : what}`)
    await new Promise((next) => setTimeout(next, 10))
  }
}

export function ok(holds, what) {
  if (!holds) throw new Error(`not so: ${what}`)
}

export function equal(got, want, what) {
  if (!same(got, want)) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}

export function same(a, b) {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b
  const keys = Object.keys(a)
  if (Array.isArray(a) !== Array.isArray(b) || keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
}
