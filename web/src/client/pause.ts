/** pauser makes waits that can be cut short: when the network is back, or the page is shown again. */
export function pauser() {
  let wake: () => void = () => {};
  return {
    wait: (ms: number): Promise<void> => new Promise((done) => {
      const timer = setTimeout(done, ms);
      wake = () => { clearTimeout(timer); done(); };
    }),
    wake: () => wake(),
  };
}

/** delay is the n-th wait of a back-off in milliseconds, with up to a fifth of jitter: clients of a server that restarts spread out. */
export function delay(n: number, first = 300, longest = 15000): number {
  return Math.min(longest, first * 2 ** n) * (0.8 + Math.random() * 0.4);
}
