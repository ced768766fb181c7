/** The page where people see their glucose. Nothing is here yet. */
export {}
