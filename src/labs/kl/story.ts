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
      'The target $P$ has two modes; $Q=\\mathcal N(\\mu,\\sigma^2)$ has one bell. Plot A shows $Q$ descending $\\mathrm{KL}(P\\Vert Q)=\\int p\\,\\ln\\frac pq$, plot B $\\mathrm{KL}(Q\\Vert P)=\\int q\\,\\ln\\frac qp$. Both have the same start and the same clock. A is now at σ = **{{forwardSigma}}**, B at σ = **{{reverseSigma}}**. Drag the start along the axis, or a mode of $P$.',
    patch: { ...line },
    panels: ['forward', 'reverse'],
    question: {
      text: 'Somebody hides the titles. One plot shows a bell over both hills, the other a bell on one hill. Which is the forward KL(P‖Q)?',
      answers: [
        {
          text: 'The bell over both hills.',
          right: true,
          reason:
            'Forward KL averages over $P$: wherever $P$ has mass, $q$ near 0 costs $\\ln\\frac pq\\to\\infty$. So $Q$ must cover every hill.',
        },
        {
          text: 'The bell on one hill.',
          reason:
            'That $Q$ leaves half of $P$’s mass where $q\\approx0$. Once both fits rest, its forward KL is many times that of the bell over both hills: compare “KL(P‖Q) at the reverse fit” with “forward KL” among the numbers.',
        },
        {
          text: 'It cannot be told.',
          reason:
            'It can. Look where the denominator in the logarithm goes to 0, and over which density the mean is taken.',
        },
      ],
    },
  },
  {
    title: 'Forward covers: moment matching',
    caption:
      'Forward KL is *zero-avoiding*. Its gradient is $\\partial_\\mu=(\\mu-\\mathbb E_P[x])/\\sigma^2$, so it ends where $Q$ has the mean and the variance of $P$: μ = {{momentMu}}, σ = **{{momentSigma}}**. The start does not matter. The shaded integrand $p\\ln\\frac pq$ is averaged over $P$ alone. Between the hills $P$ has little mass, so the mass that $Q$ wastes there costs little.',
    patch: { ...line, mu0: -4, sigma0: 1.5, learningRate: 0.1 },
    panels: ['forward'],
    switches: { integrand: true },
  },
  {
    title: 'Reverse seeks: zero-forcing',
    caption:
      'Reverse KL is averaged over $Q$. Mass where $p\\approx 0$ costs $\\ln\\frac qp$; a hill that $Q$ leaves out adds nothing to the mean. So $Q$ retreats to one hill: μ = **{{reverseMu}}**, σ = **{{reverseSigma}}**, {{reverseKl}} nats, a little less than $\\ln 2=0.6931$, the cost of one hill of two. Left or right? Only the start decides. Drag it across 0.',
    patch: { ...line },
    panels: ['reverse', 'landscape'],
    switches: { integrand: true, logHeight: true },
  },
  {
    title: 'Where does a broad start end?',
    caption:
      'Every particle on the landscape is a descent of its own. The starts $(\\mu_0,\\sigma_0)$ form a lattice, and the colour of a particle is the minimum in which it ends. The table gives each minimum and its share of the starts. Choose a minimum there, and the shown fit starts in it.',
    patch: { ...line, mu0: 0.4, sigma0: 3.5 },
    panels: ['landscape', 'basins'],
    switches: { logHeight: true },
    question: {
      text: 'Modes at ±3, sd 1. Reverse KL, started broad (σ₀ = 3.5) and slightly right of the middle: where does it end?',
      answers: [
        {
          text: 'On the right hill: it is nearer.',
          reason:
            'From a narrow start, yes. A broad Q feels both hills, and between them lies a third minimum.',
        },
        {
          text: 'In the middle, broad: a third minimum.',
          right: true,
          reason:
            'At $\\mu=0$, σ ≈ 2.74 there is a local minimum of 0.841 nats against 0.689 on a hill. It stays however far apart the hills are: a small move or a small change of width never helps a broad $Q$.',
        },
        {
          text: 'At the moment match, σ = 3.16.',
          reason: 'That is where forward KL ends. Reverse KL’s broad minimum is narrower: 2.74.',
        },
      ],
    },
  },
  {
    title: 'At which distance does seeking begin?',
    caption:
      'Two modes of sd 1 at ±1.2: reverse KL has a single minimum, in the middle, like forward KL. Drag the modes apart (or choose the target *custom* and type `0.5,-2.5,1;0.5,2.5,1`): beyond about **±2.4** minima on the hills appear, and from about **±2.8** on they are the better ones. Watch the table.',
    patch: { ...line, target: 'near', mu0: 0.8, sigma0: 0.8 },
    panels: ['reverse', 'basins', 'landscape'],
    switches: { logHeight: true },
  },
  {
    title: 'Between the two: α, Jensen–Shannon, Jeffreys',
    caption:
      'One family joins them: $D_\\alpha=\\frac{1-\\int p^\\alpha q^{1-\\alpha}}{\\alpha(1-\\alpha)}$ is forward KL at α → 1, reverse at α → 0. Here α = ½: σ = **{{thirdSigma}}**, $D_\\alpha$ = {{thirdValue}}. Drag **α** down: at which α does the third bell leave one hill? Then try Jensen–Shannon, which is never above $\\ln2$.',
    // from a broader start the third fit ends in the middle for every α, so it would leave no hill
    patch: { ...line, third: 'alpha', alpha: 0.5 },
    panels: ['third', 'forward', 'reverse'],
  },
  {
    title: 'In the plane: what mean-field leaves out',
    caption:
      'The target is a correlated Gaussian (ρ = 0.9); $Q$ must have no correlation. Forward KL keeps the marginal variances, 1 each; reverse KL keeps the *conditional* variances, $1-\\rho^2=0.19$, which are much too small. Both end at $-\\frac12\\ln 0.19=0.8304$ nats: now {{forwardKl}} and {{reverseKl}}.',
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
  },
  {
    title: 'Can you make just one of them infinite?',
    caption:
      'Two uniform distributions, four edges to drag. Both KLs are **∞** now: forward {{forwardKl}}, reverse {{reverseKl}}. In the lit regions the argument of the logarithm is divided by 0.',
    patch: { ...uniform, a: 0, b: 1, c: 0.5, d: 1.5 },
    panels: ['densities', 'ratio'],
    goal: {
      text: 'Find $P$ and $Q$ with a finite forward and an infinite reverse KL.',
      metrics: { forwardKl: 'finite', reverseKl: 'infinite' },
      reason: '$P$ lies inside $Q$: wherever $P$ has mass, $q>0$, but a part of $Q$ lies where $p=0$.',
    },
  },
  {
    title: 'Infinity is a value',
    caption:
      '$P$ on (0, 1), $Q$ on (0, 2). $\\mathrm{KL}(P\\Vert Q)=\\ln 2$ = **{{forwardKl}}**: one bit. The other way round, half of $Q$’s mass lies where $p=0$: there $\\ln\\frac{q}{p}$ is the logarithm of $q/0$, and $\\mathrm{KL}(Q\\Vert P)$ = **{{reverseKl}}**. This is not a large number: it is infinite, at any precision.',
    patch: { ...uniform },
    panels: ['densities', 'ratio'],
  },
  {
    title: 'Smoothing is a surrogate',
    caption:
      'A floor ε under both densities makes every KL finite: here **{{surrogateReverseKl}}** in place of ∞. But the number says more about ε than about $P$ and $Q$: it grows like (the mass outside) · $\\ln\\frac1\\varepsilon$. Drag **ε** to the left: each factor of 10 adds the same amount.',
    patch: { ...uniform, smoothing: true, epsilon: 1e-3 },
    panels: ['surrogate', 'densities'],
  },
]
