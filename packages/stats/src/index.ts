/** Numbers from readings: time in range, GMI, AGP, insulin totals. Pure functions over typed arrays. Nothing is here yet. */
export {}
