/** What a comparison times, what it leaves out, and why figures of a browser differ. */
import { element } from '../dom.ts'

const timed = [
  'A run begins with its inputs in the memory of the backend, and ends when the result is on the CPU. The time of a run includes the way there and back.',
  'Cold is the first result from nothing: opening the backend, compiling its kernels, and a first run that draws the inputs. Downloads are not timed.',
  'Warm are the runs after it. The median is the run in the middle. Between the quartiles lies half of the runs.',
  '“At work” is the time in which the device computes, by its own clock where the browser gives it.',
  'The measured peak is the rate of the best of several products of matrices in float32, on the same backend in the same run. It is not the number of the maker. A hot loop with many exponentials can lie above it, because an exponential counts as ten operations.',
  'A curve ends with a size that takes more than five seconds, or before a size that the device cannot hold.',
]

const differs = [
  'Firefox answers from a timer: an answer can take up to 100 ms, whatever was asked. “Latency of an answer” shows it.',
  'A software adapter is a program on the processor. It says nothing about a real GPU.',
  'A laptop that saves power runs more slowly, and a phone that is warm does so, too. Plug it in, and measure again.',
  'Browsers replace quickly compiled code by better code while it runs: a first run is slower than the next ones.',
  'Without cross-origin isolation clocks are coarse (0.1 ms or 1 ms), and threads cannot share memory.',
  'Other pages and programs use the same cores and the same GPU. Quartiles that lie far apart show that.',
]

const list = (lines: readonly string[]) => element('ul', {}, ...lines.map((line) => element('li', {}, line)))

export const createAbout = (): HTMLElement =>
  element(
    'details',
    { class: 'comparison-about' },
    element('summary', {}, 'What is timed, and why figures differ'),
    list(timed),
    element('p', {}, 'Figures of a browser differ, for these reasons:'),
    list(differs),
  )
