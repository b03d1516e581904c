import { equal, ok, until } from '../claim.mjs'

// watches signs somebody in who watches others, and keeps for each of them what was said of him.
async function watches(t, watchlist) {
  const c = await t.client({ user: { id: t.name('u'), watchlist } })
  const told = Object.fromEntries(watchlist.map((id) => [id, []]))
  for (const name of ['online', 'offline']) {
    c.pusher.user.watchlist.bind(name, (event) => { for (const id of event.user_ids) told[id].push(event.name) })
  }
  await c.signsIn()
  const knows = (id, ...events) => until(() => `${id} was ${events}; told ${JSON.stringify(told)}`, () => told[id].join() === events.join())
  return Object.assign(c, { told, knows })
}

async function comes(t, id, options) {
  const c = await t.client({ user: { id }, ...options })
  await c.signsIn()
  return c
}

export default {
  async 'who watches is told who is there, who comes, and who goes'(t) {
    const [x, y, z] = [t.name('u'), t.name('u'), t.name('u')]
    const there = await comes(t, x)
    const watcher = await watches(t, [x, y, z])
    await Promise.all([watcher.knows(x, 'online'), watcher.knows(y, 'offline'), watcher.knows(z, 'offline')])
    const first = await comes(t, y)
    await watcher.knows(y, 'offline', 'online')
    const second = await comes(t, y)
    first.pusher.disconnect()
    there.pusher.disconnect()
    await watcher.knows(x, 'online', 'offline')
    await watcher.knows(y, 'offline', 'online')
    second.pusher.disconnect()
    await watcher.knows(y, 'offline', 'online', 'offline')
    await watcher.knows(z, 'offline')
    equal(watcher.errors, [], 'errors')
  },
}

// more is what is the same for every client.
export const more = {
  async 'nobody else is told'(t) {
    const [x, y] = [t.name('u'), t.name('u')]
    const [watcher, other] = [await watches(t, [x]), await watches(t, [y])]
    await comes(t, x)
    await watcher.knows(x, 'offline', 'online')
    await comes(t, y)
    await other.knows(y, 'offline', 'online')
    equal(Object.keys(other.told), [y], 'of whom the other was told')
  },

  async 'a hundred may be watched'(t) {
    const ids = Array.from({ length: 101 }, () => t.name('u'))
    const watcher = await watches(t, ids)
    ok((await watcher.isTold(4302)).message, 'it says why')
    await Promise.all(ids.slice(0, 100).map((id) => watcher.knows(id, 'offline')))
    await Promise.all([comes(t, ids[100]), comes(t, ids[99])])
    await watcher.knows(ids[99], 'offline', 'online')
    equal(watcher.told[ids[100]], [], 'what is said of the one too many')
    equal(watcher.state, 'connected', 'the connection')
  },
}
