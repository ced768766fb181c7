/** Other systems' files in, our data out, and back: pure streams, no file system. Nothing is here yet. */
export {}
