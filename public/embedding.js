/* The host of embedding.html. It listens before the frames are there. Copy from it what you need. */
const framed = (id) => document.getElementById(id).contentWindow

addEventListener('message', ({ source, data }) => {
  const frame = [...document.querySelectorAll('iframe')].find((one) => one.contentWindow === source)
  if (!frame || typeof data !== 'object' || data === null) return
  const numbers = document.getElementById('numbers')
  // from now on it takes messages
  if (data.natlab === 'hello' && frame.id === 'kl') source.postMessage({ natlab: 'subscribe' }, '*')
  if (data.natlab === 'height') frame.height = data.height
  if (data.natlab === 'frame') {
    const { reverseMu, reverseKl } = data.metrics
    numbers.value = `step ${data.step}: μ = ${reverseMu.toFixed(2)}, KL(Q‖P) = ${reverseKl.toFixed(3)} nats`
  }
  if (data.natlab === 'fault') numbers.value = data.message
})

addEventListener('click', ({ target }) => {
  const { start } = target.dataset
  if (start === undefined) return
  const patch = { mu0: Number(start) }
  framed('kl').postMessage({ natlab: 'call', id: start, method: 'set', arguments: [patch] }, '*')
})
