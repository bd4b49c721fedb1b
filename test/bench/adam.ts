/** What every contestant of a training step updates with, as the labs do (Kingma and Ba 2015); `vibStep` has another β₁. */
export const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
