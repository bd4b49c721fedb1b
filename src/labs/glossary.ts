/** Words of the captions and of the parameters' help that a student may not know: each with its sentence. Plain text. */
export interface Word {
  readonly name: string
  /** Other forms of it in the texts. */
  readonly forms?: readonly string[]
  /** Labs in whose texts the word has this meaning; without them, all. */
  readonly labs?: readonly string[]
  readonly says: string
}

export const glossary: readonly Word[] = [
  {
    name: 'Adam',
    says: 'A rule for the steps of training. It divides the mean of the gradients by their typical size, for each parameter by itself.',
  },
  {
    name: 'attention',
    says: 'A part of a Transformer: each place takes in a weighted mean of the places before it, and it decides the weights.',
  },
  {
    name: 'basin',
    forms: ['basins'],
    says: 'All starts from which a descent ends in the same minimum.',
  },
  {
    name: 'batch',
    forms: ['batches'],
    says: 'The examples that are computed together in one step.',
  },
  {
    name: 'bottleneck',
    says: 'A narrow place in a network: only so much information gets through.',
  },
  {
    name: 'correlation',
    forms: ['correlated'],
    says: 'How much two numbers go up and down together: 0 means not at all in a line, 1 or −1 means on a line.',
  },
  {
    name: 'cosine',
    says: 'How far two vectors point the same way: 1 the same way, 0 at a right angle, −1 the opposite way.',
  },
  {
    name: 'cross-entropy',
    says: 'The mean cost, −ln q, of what really happens, where q is the probability that a model gave to it.',
  },
  {
    name: 'd_model',
    says: 'The width of a language model: how many numbers stand for one token.',
  },
  {
    name: 'decoder',
    labs: ['vib'],
    says: 'The network that reads the answer back from the code.',
  },
  {
    name: 'density',
    forms: ['densities'],
    says: 'A curve whose area over an interval is the probability of this interval.',
  },
  {
    name: 'descent',
    forms: ['descends', 'descend'],
    says: 'Many small steps, each against the gradient, so that a loss or a divergence becomes smaller.',
  },
  {
    name: 'distortion',
    says: 'The mean loss of the answers that are read back from the code: its cross-entropy.',
  },
  {
    name: 'divergence',
    says: 'A number that says how far two distributions are apart. It is 0 where they are equal.',
  },
  {
    name: 'embedding',
    forms: ['embeddings'],
    labs: ['init', 'training'],
    says: 'The vector of numbers that stands for a token. All of them are the rows of one table.',
  },
  {
    name: 'encoder',
    labs: ['vib'],
    says: 'The network that turns an image into its code.',
  },
  {
    name: 'entropy',
    says: 'The mean surprise, −ln p, of a distribution: 0 for a sure thing, ln V for V things that are equally likely.',
  },
  {
    name: 'epoch',
    forms: ['epochs'],
    says: 'One pass over all training examples.',
  },
  {
    name: 'forward KL',
    labs: ['kl'],
    says: 'The mean of ln(p/q) over P, the target: KL(P‖Q).',
  },
  {
    name: 'gradient',
    forms: ['gradients'],
    says: 'For each parameter, how fast the loss grows with it. Training steps the other way.',
  },
  {
    name: 'head',
    labs: ['init'],
    says: 'The last part of a language model. It turns a state into one score for each word.',
  },
  {
    name: 'held-out',
    says: 'Kept apart: the model is tested on it and never trained on it.',
  },
  {
    name: 'information plane',
    says: 'A chart with the cost of a code to the right, and what it tells about the answer upward.',
  },
  {
    name: 'integrand',
    says: 'The function under an integral. The area under it, counted with its sign, is the integral.',
  },
  {
    name: 'KL divergence',
    forms: ['KL', 'KLs'],
    says: 'KL(P‖Q) is the mean over P of ln(p/q): how many nats are lost where Q stands in for P.',
  },
  {
    name: 'latent',
    says: 'Inside the model: the code between its two networks, which no data show.',
  },
  {
    name: 'layer normalisation',
    forms: ['layer-normalised'],
    says: 'It shifts and scales the numbers of a vector so that their mean is 0 and their variance is 1.',
  },
  {
    name: 'learning rate',
    says: 'The factor on the steps of training: how far one step goes.',
  },
  {
    name: 'logit',
    forms: ['logits'],
    says: 'The score that a model gives to a word before the softmax. Only differences of scores count.',
  },
  {
    name: 'mean-field',
    says: 'An approximation in which all coordinates are independent: a Gaussian without correlation.',
  },
  {
    name: 'minimum',
    forms: ['minima'],
    says: 'A place where every small step leads up. There may be several, of different depth.',
  },
  {
    name: 'mixture',
    says: 'A distribution that is a weighted sum of simpler ones, here of bells.',
  },
  {
    name: 'MLP',
    says: 'Multi-layer perceptron: layers in which every unit takes in all units of the layer before.',
  },
  {
    name: 'mode',
    forms: ['modes'],
    labs: ['kl'],
    says: 'A hill of a density: a place that is more likely than all places near it.',
  },
  {
    name: 'mode-covering',
    says: 'It spreads over all hills of the target, and over the gaps between them.',
  },
  {
    name: 'moment matching',
    says: 'To give Q the mean and the variance of P.',
  },
  {
    name: 'momentum',
    says: 'Each step goes on with a part of the step before, as a heavy ball does.',
  },
  {
    name: 'nat',
    forms: ['nats'],
    says: 'The unit of information with the natural logarithm: 1 nat is 1.44 bits.',
  },
  {
    name: 'norm',
    forms: ['norms'],
    says: 'The length of a vector, here of a gradient: the root of the sum of its squares.',
  },
  {
    name: 'posterior',
    labs: ['vib'],
    says: 'What is believed after something was seen: here the cloud of codes of one image.',
  },
  {
    name: 'prior',
    labs: ['vib'],
    says: 'What is believed before anything was seen: here the standard normal distribution of the code.',
  },
  {
    name: 'rate',
    labs: ['vib'],
    says: 'What the code costs: the mean KL divergence from the prior to the codes of the images, in nats.',
  },
  {
    name: 'reparameterisation',
    says: 'A random code is written as μ + σ times a noise from elsewhere, so gradients reach μ and σ.',
  },
  {
    name: 'residual',
    forms: ['residual path'],
    says: 'A way around a layer: its input is added to its output, so it gets through unchanged.',
  },
  {
    name: 'reverse KL',
    labs: ['kl'],
    says: 'The mean of ln(q/p) over Q, the approximation: KL(Q‖P).',
  },
  {
    name: 'sample',
    forms: ['samples'],
    says: 'A value that is drawn at random from a distribution.',
  },
  {
    name: 'seed',
    forms: ['seeds'],
    says: 'The number that decides every random draw: the same seed gives the same run.',
  },
  {
    name: 'softmax',
    says: 'It turns scores into probabilities: the exponential of each, divided by the sum of all of them.',
  },
  {
    name: 'standard deviation',
    says: 'How far values typically lie from their mean: the root of the variance.',
  },
  {
    name: 'std',
    forms: ['sd'],
    says: 'Short for standard deviation: how far values typically lie from their mean.',
  },
  {
    name: 'support',
    labs: ['kl'],
    says: 'The places where a density is not 0.',
  },
  {
    name: 'surrogate',
    says: 'Something that stands in for what is really wanted, because it is easier to have.',
  },
  {
    name: 'token',
    forms: ['tokens'],
    says: 'A piece of text that a language model reads and guesses: a word, or a part of one.',
  },
  {
    name: 'Transformer',
    says: 'A network for texts, made of layers with attention. Large language models are built so.',
  },
  {
    name: 'validation error',
    says: 'The share of new examples that a model gets wrong. It was not trained on them.',
  },
  {
    name: 'variance',
    forms: ['variances'],
    says: 'The mean square of the distances from the mean. Its root is the standard deviation.',
  },
  {
    name: 'zero-avoiding',
    says: 'Q must not be near 0 where P has mass: there the logarithm of p/q is large.',
  },
  {
    name: 'zero-forcing',
    says: 'Q has to be near 0 where P is near 0: there the logarithm of q/p is large.',
  },
]

const letters = '[\\p{L}\\p{N}_-]'

/** Each form with its word, for the texts of a lab. */
function formsIn(lab: string | undefined): ReadonlyMap<string, Word> {
  const meant = glossary.filter(({ labs }) => !labs || !lab || labs.includes(lab))
  const own = meant.flatMap((word) => [word.name, ...(word.forms ?? [])].map((form) => [form, word] as const))
  return new Map(own.map(([form, word]) => [form.toLowerCase(), word]))
}

export interface Found {
  readonly word: Word
  readonly start: number
  readonly end: number
}

/** The words in a plain text, each where it stands first; of two forms at one place, the longer one. */
export function wordsIn(text: string, lab?: string): readonly Found[] {
  const forms = formsIn(lab)
  const longestFirst = [...forms.keys()].sort((one, other) => other.length - one.length)
  const any = new RegExp(`(?<!${letters})(${longestFirst.join('|')})(?!${letters})`, 'giu')
  const found: Found[] = []
  for (const { 0: form, index } of text.matchAll(any)) {
    const word = forms.get(form.toLowerCase())!
    if (found.every((one) => one.word !== word)) found.push({ word, start: index, end: index + form.length })
  }
  return found
}
