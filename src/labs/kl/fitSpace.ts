/** What differs between fits on the line and in the plane: how the backend lays out their state. */
import type { Backend, FitArguments, FitTarget } from '../../compute/backend.ts'

export interface FitSpace {
  /** Columns of a row of the state. */
  readonly columns: number
  /** The first columns: the point that descends. */
  readonly coordinates: number
  /** Columns of a row of the history: the point, the divergence there, the largest gradient entry, padding. */
  readonly historyColumns: number
  /** Updates of one fit a millisecond that a first slice counts on. */
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

/** What is descended and how. */
export type DescentRule = Pick<
  FitArguments,
  'divergence' | 'alpha' | 'optimizer' | 'learningRate' | 'fixedSigma' | 'diagonal'
>

/** The fits of one run: where they descend, and on what. */
export interface FitSetting {
  readonly backend: Backend
  readonly space: FitSpace
  readonly target: FitTarget
}

export function divergenceColumn({ coordinates }: FitSpace): number {
  return 3 * coordinates
}

export function updatesColumn({ coordinates }: FitSpace): number {
  return 3 * coordinates + 1
}
