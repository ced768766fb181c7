/** The reference keeps integers in 64 bits; what does not fit becomes the lowest one. */
export function in64Bits(value: number): number {
  return value >= -(2 ** 63) && value < 2 ** 63 ? value : -(2 ** 63)
}
