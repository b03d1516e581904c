// Plays the themes in Node, or those that are named, and prints what came of each point as a line of JSON.
//
//   BELLHOP=127.0.0.1:8080 PUSHER_APP_ID=… PUSHER_KEY=… PUSHER_SECRET=… PUSHER_ACTIVITY_TIMEOUT=120 node main.mjs [theme …]
import Pusher from 'pusher-js'
import { open } from './site.mjs'
import { play } from './stage.mjs'
import { decrypting, everywhere, once } from './themes.mjs'
import access from './theme/access.mjs'
import api from './theme/api.mjs'
import replace from './theme/replace.mjs'
import webhook from './theme/webhook.mjs'

const all = { ...everywhere, ...once, ...decrypting, 'server library': api, 'access to the API': access, 'webhooks': webhook }
const named = { ...all, 'replaced gateway': replace }
const wanted = process.argv.slice(2)
const themes = wanted.length ? Object.fromEntries(wanted.map((name) => [name, named[name]])) : all

const site = await open()
await play(themes, { Pusher, ...site, build: `n${process.pid.toString(36)}`, beside: 24 }, (line) => console.log(JSON.stringify(line)))
site.close()
process.exit() // a pusher-js may still wait for the answer to its close frame
