/** The backend's layout of the state of fits, on the line and in the plane. */
import type { Backend, FitArguments, FitTarget } from '../../compute/backend.ts'

export interface FitSpace {
  /** Columns of a row of the state. */
  readonly columns: number
  /** Number of the point's coordinates, in the first columns. */
  readonly coordinates: number
  /** Columns of a row of the history: the point, the divergence there, the largest gradient entry, padding. */
  readonly historyColumns: number
  /** Estimated updates of one fit a millisecond, for the first slice. */
  readonly firstPace: number
  fit(backend: Backend, parameters: FitArguments): void
}

export const lineSpace: FitSpace = {
  columns: 8,
  coordinates: 2,
  historyColumns: 4,
  firstPace: 40,
  fit: (backend, parameters) => backend.gaussianFit(parameters),
}

export const planeSpace: FitSpace = {
  columns: 20,
  coordinates: 5,
  historyColumns: 8,
  firstPace: 4,
  fit: (backend, parameters) => backend.planeFit(parameters),
}

/** The objective and the optimizer of a descent. */
export type DescentRule = Pick<
  FitArguments,
  'divergence' | 'alpha' | 'optimizer' | 'learningRate' | 'fixedSigma' | 'diagonal'
>

/** A target on each backend that works for a run. */
export class FitTargets {
  private readonly targets = new Map<Backend, FitTarget>()

  constructor(private readonly create: (backend: Backend) => FitTarget) {}

  on(backend: Backend): FitTarget {
    const target = this.targets.get(backend) ?? this.create(backend)
    this.targets.set(backend, target)
    return target
  }

  dispose(): void {
    for (const target of this.targets.values()) target.dispose()
    this.targets.clear()
  }
}

/** The backend, the space and the target of a run's fits. */
export interface FitSetting {
  readonly backend: Backend
  readonly space: FitSpace
  readonly targets: FitTargets
}

export function divergenceColumn({ coordinates }: FitSpace): number {
  return 3 * coordinates
}

export function updatesColumn({ coordinates }: FitSpace): number {
  return 3 * coordinates + 1
}
