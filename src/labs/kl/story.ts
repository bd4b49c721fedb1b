/** The steps a lecturer takes through the KL lab. */
import type { StoryStep } from '../story.ts'
import type { LineMetric } from './lineFamily.ts'
import type { KlValues } from './parameters.ts'
import type { PlaneMetric } from './planeFamily.ts'
import type { UniformMetric } from './uniformExperiment.ts'

const line = {
  family: 'gaussian1d',
  target: 'bimodal',
  mu0: 1.5,
  sigma0: 0.5,
  optimizer: 'adam',
  learningRate: 0.05,
  fixedSigma: false,
  third: 'none',
  basinsThird: false,
} as const satisfies Partial<KlValues>

const uniform = {
  family: 'uniform',
  a: 0,
  b: 1,
  c: 0,
  d: 2,
  smoothing: false,
} as const satisfies Partial<KlValues>

export const story: readonly StoryStep<KlValues, LineMetric | PlaneMetric | UniformMetric>[] = [
  {
    title: 'One bell for two hills',
    caption:
      'The target [$P$](curve:p) has two hills, its *modes*. [$Q=\\mathcal N(\\mu,\\sigma^2)$](curve:q) is one bell, fitted step by step. One plot descends the **forward** KL, $\\mathrm{KL}(P\\Vert Q)=\\int p\\,\\ln\\frac pq$, the other the **reverse** KL, $\\mathrm{KL}(Q\\Vert P)=\\int q\\,\\ln\\frac qp$, in *nats*: the unit of the natural logarithm. Both have the same start. Forward is now at σ = **{{forwardSigma}}**, reverse at σ = **{{reverseSigma}}**.',
    patch: { ...line },
    panels: ['forward', 'reverse'],
    sliders: ['mu0', 'sigma0'],
    switches: { integrand: false, logHeight: true, anonymous: true, moment: false, minima: false },
    uncovers: { anonymous: false, moment: true },
    veils: ['landscape', 'descent', 'basins'],
    hides: [
      'forwardKl',
      'reverseKl',
      'forwardMu',
      'forwardSigma',
      'reverseMu',
      'reverseSigma',
      'forwardReverseKl',
      'reverseForwardKl',
      'momentMu',
      'momentSigma',
    ],
    question: {
      text: 'Which plot descends the forward KL(P‖Q)?',
      answers: [
        {
          text: 'Plot A: over both hills.',
          right: true,
          reason:
            'Forward KL is a mean over $P$. Where $P$ has mass and $q$ is near 0, $\\ln\\frac pq$ is very large. So $Q$ must cover every hill.',
        },
        {
          text: 'Plot B: on one hill.',
          reason:
            'Half of the mass of $P$ then lies where $q\\approx0$. At this bell the forward KL is 7.86 nats; at the broad bell it is 0.462.',
        },
        {
          text: 'It cannot be told.',
          reason:
            'It can. Ask over which density the mean is taken, and where the denominator in the logarithm is near 0.',
        },
      ],
    },
  },
  {
    title: 'Forward covers: moment matching',
    caption:
      'Forward KL is *zero-avoiding*: [$q$](curve:q) must not be near 0 where [$P$](curve:p) has mass. So it is *mode-covering*: $Q$ covers every hill. From any start it ends with the mean and the variance of $P$: [σ = {{momentSigma}}](curve:moment), now **{{forwardSigma}}**. **A dashed line is theory; a solid line or a dot is computed.** The shaded integrand [$p\\ln\\frac pq$](curve:integrand) is high on the hills, where $q<p$. Where $q>p$ it is below 0, by a quarter of its peaks at most.',
    patch: { ...line, mu0: -4, sigma0: 1.5, learningRate: 0.1 },
    panels: ['forward'],
    sliders: ['mu0', 'sigma0'],
    switches: { integrand: true, logHeight: true, minima: false },
  },
  {
    title: 'Left hill, right hill, or both?',
    caption:
      'Reverse KL is a mean over [$Q$](curve:q), and where $p\\approx0$ the logarithm $\\ln\\frac qp$ is large. So it is *zero-forcing*: $Q$ must be near 0 where [$P$](curve:p) is. The shaded area is the integrand [$q\\ln\\frac qp$](curve:integrand). Now μ = **{{reverseMu}}**, σ = **{{reverseSigma}}**: {{reverseKl}} nats. Later, drag the start (the grey dot) across 0.',
    patch: { ...line },
    panels: ['reverse', 'landscape'],
    sliders: ['mu0'],
    switches: { integrand: true, logHeight: true, minima: false },
    veils: ['landscape', 'basins'],
    holds: 'start',
    question: {
      text: 'Reverse KL starts narrow, at μ = 1.5. Where does it end?',
      answers: [
        {
          text: 'On the left hill.',
          reason: 'The slope leads to the near hill. From a start on the left of 0 it ends on the left.',
        },
        {
          text: 'On the right hill.',
          right: true,
          reason:
            'The start decides. This hill has half of $P$, so $q$ is about $2p$ there. The price is 0.689 nats, a little less than $\\ln2=0.693$. That is all that the other hill costs: the mean over $Q$ does not go there.',
        },
        {
          text: 'Over both hills.',
          reason: 'Forward KL ends so. Here $Q$ pays for its mass between the hills, where $p$ is near 0.',
        },
      ],
    },
  },
  {
    title: 'Where does a broad start end?',
    caption:
      'Every [small dot](curve:starts) on the landscape is a descent of its own: its place is the μ and the σ of a bell. [The large dot](curve:q) is the bell of plot B, now at σ = **{{reverseSigma}}** with {{reverseKl}} nats. After the answer, the colour of a dot says in which minimum it ends, and the [dashed bells](curve:minima) are the minima.',
    // slow enough to see the starts move
    patch: { ...line, mu0: 0.4, sigma0: 3.5, learningRate: 0.02 },
    panels: ['reverse', 'landscape'],
    sliders: ['mu0', 'sigma0'],
    switches: { integrand: false, logHeight: true, minima: false },
    uncovers: { minima: true },
    veils: ['landscape', 'basins'],
    holds: 'start',
    question: {
      text: 'The start of reverse KL is broad now (σ = 3.5), a little to the right of the middle. Where does it end?',
      answers: [
        {
          text: 'On the right hill.',
          reason: 'A narrow start does. A broad $Q$ feels both hills, and between them lies a third minimum.',
        },
        {
          text: 'In the middle, broad.',
          right: true,
          reason:
            'At μ = 0, σ = 2.74 there is a third minimum, of 0.841 nats against 0.689 on a hill. It stays however far apart the hills are: a small move or a small change of width never helps a broad $Q$.',
        },
        {
          text: 'At the moment match, σ = 3.16.',
          reason: 'Forward KL ends there. The broad minimum of reverse KL is narrower: σ = 2.74.',
        },
      ],
    },
  },
  {
    title: 'At which distance does seeking begin?',
    caption:
      'The two modes of [$P$](curve:p) (sd 1) are near each other, at ±1.2. Reverse KL has one minimum, in the middle. Answer, then drag **half the distance of the modes** up. [Dashed bells](curve:minima) are the minima. The table gives their values, and the share of the starts that end in each. When are the hills better?',
    patch: { ...line, target: 'pair', distance: 1.2, mu0: 2.4, sigma0: 0.8 },
    panels: ['reverse', 'basins'],
    sliders: ['distance'],
    switches: { integrand: false, logHeight: true, minima: false },
    uncovers: { minima: true },
    veils: ['landscape', 'basins'],
    holds: 'start',
    question: {
      text: 'From which distance on does reverse KL have minima on the hills?',
      answers: [
        {
          text: 'From ±1: P has two hills.',
          reason:
            'From ±1 on $P$ has two hills. But a bell on one of them still slides into the middle: no minimum is there.',
        },
        {
          text: 'From about ±2.4.',
          right: true,
          reason:
            'At ±2.4 there is one minimum, at ±2.5 there are three. The middle is still the best; from ±2.8 on the hills are better. The minimum in the middle stays.',
        },
        {
          text: 'From about ±2.8.',
          reason:
            'There the hills become the better minima: 0.684 nats, as in the middle. But they are there from ±2.4 on.',
        },
      ],
    },
  },
  {
    title: 'Between the two: α, Jensen–Shannon, Jeffreys',
    caption:
      'The family [$D_\\alpha=\\frac{1-\\int p^\\alpha q^{1-\\alpha}}{\\alpha(1-\\alpha)}$](curve:third) is [forward KL](curve:forward) at α → 1, [reverse KL](curve:reverse) at α → 0. Plot C has σ = **{{thirdSigma}}**, $D_\\alpha$ = {{thirdValue}}. Answer, then drag **α** down. Also try Jensen–Shannon (at most $\\ln2$), and Jeffreys (the sum).',
    // from a broader start the third fit ends in the middle for every α, so it would leave no hill
    patch: { ...line, third: 'alpha', alpha: 0.5 },
    panels: ['third', 'forward', 'reverse'],
    sliders: ['alpha'],
    switches: { integrand: false, logHeight: true, minima: false },
    uncovers: { minima: true },
    veils: ['landscape', 'basins'],
    holds: 'start',
    question: {
      text: 'α goes from ½ to 0. What does the bell of plot C do?',
      answers: [
        {
          text: 'It narrows slowly.',
          reason: 'Its σ hardly changes: 3.05 at α = 0.5, 2.99 at 0.36. Then it jumps.',
        },
        {
          text: 'It covers both, then jumps to one.',
          right: true,
          reason:
            'From this start it covers both hills down to α = 0.36; at 0.34 it ends on one. Both ends are minima there, and the start decides.',
        },
        {
          text: 'It covers both until α = 0.',
          reason: 'Near 0 it is almost reverse KL, which ends on one hill from this start.',
        },
      ],
    },
  },
  {
    title: 'In the plane: what mean-field leaves out',
    caption:
      '[$P$](curve:p) is a Gaussian with variances 1 and correlation ρ = 0.9. [$Q$](curve:q) may have no correlation. This is called *mean-field*: each coordinate stands alone. In theory both end at $-\\frac12\\ln0.19=0.830$ nats. Now [forward KL](curve:forward) is **{{forwardKl}}**, [reverse KL](curve:reverse) **{{reverseKl}}**.',
    patch: {
      family: 'gaussian2d',
      target: 'correlated',
      covariance: 'diagonal',
      mu0: 1.5,
      mu0Y: -0.5,
      sigma0: 0.6,
      sigmaRatio0: 1,
      rho0: 0,
      optimizer: 'adam',
      learningRate: 0.05,
      fixedSigma: false,
    },
    panels: ['forward', 'reverse', 'flow'],
    sliders: ['mu0', 'mu0Y'],
    veils: ['basins', 'descent'],
    holds: 'start',
    question: {
      text: 'Which bell ends much narrower than P?',
      answers: [
        {
          text: 'The forward one.',
          reason: 'It avoids zeros, so it must cover $P$: it keeps the variances of $P$, 1 each.',
        },
        {
          text: 'The reverse one.',
          right: true,
          reason:
            'Zeros are forced: $Q$ stays inside the narrow ridge of $P$. It keeps the *conditional* variances, of one coordinate when the other is known: $1-\\rho^2=0.19$.',
        },
        {
          text: 'Neither.',
          reason: 'Forward KL does keep the variances of $P$. Reverse KL does not: its values are 0.19.',
        },
      ],
    },
  },
  {
    title: 'Can you make just one of them infinite?',
    caption:
      'Two uniform distributions, four edges to drag. At first both KLs are **∞**. Now [forward KL](curve:forward) is **{{forwardKl}}**, [reverse KL](curve:reverse) **{{reverseKl}}**. In the regions [p/0](curve:infinite+forward) and [q/0](curve:infinite+reverse) the argument of the logarithm is divided by 0.',
    patch: { ...uniform, a: 0, b: 1, c: 0.5, d: 1.5 },
    panels: ['densities', 'ratio'],
    sliders: ['a', 'b', 'c', 'd'],
    goal: {
      text: 'Find [$P$](curve:p) and [$Q$](curve:q) with a finite forward and an infinite reverse KL.',
      metrics: { forwardKl: 'finite', reverseKl: 'infinite' },
      reason: '$P$ lies inside $Q$: wherever $P$ has mass, $q>0$, but a part of $Q$ lies where $p=0$.',
    },
  },
  {
    title: 'Infinity is a value',
    caption:
      '[$P$](curve:p) is uniform on (0, 1), [$Q$](curve:q) on (0, 2). [$\\mathrm{KL}(P\\Vert Q)$](curve:forward) $=\\ln 2$, now **{{forwardKl}}** nats: one bit. The other way round, half of the mass of $Q$ lies where $p=0$. There $\\ln\\frac{q}{p}$ is the logarithm of [$q/0$](curve:infinite+reverse), and [$\\mathrm{KL}(Q\\Vert P)$](curve:reverse) = **{{reverseKl}}**. This is no large number. It is infinite, at any precision.',
    patch: { ...uniform },
    panels: ['densities', 'ratio'],
    sliders: ['c', 'd'],
  },
  {
    title: 'Smoothing is a surrogate',
    caption:
      'A floor ε under both densities makes every KL finite: [**{{surrogateReverseKl}}** nats](curve:surrogate+reverse) in place of ∞. This *surrogate*, a stand-in, says more about ε than about [$P$](curve:p) and [$Q$](curve:q). It grows like the mass outside, here ½, times $\\ln\\frac1\\varepsilon$. Drag **ε** to the left: each factor of 10 adds 1.15 nats.',
    patch: { ...uniform, smoothing: true, epsilon: 1e-3 },
    panels: ['surrogate', 'densities'],
    sliders: ['epsilon'],
  },
]
