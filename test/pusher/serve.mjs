// Serves the application until its input ends, and prints where.
import { open } from './site.mjs'

const site = await open()
console.log(JSON.stringify({ says: site.settings.site }))
process.stdin.on('end', () => process.exit()).resume()
