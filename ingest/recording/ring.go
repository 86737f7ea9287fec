package recording

// ringLeast is how large a ring is at first: the newest seconds of a camera of the reference load.
const ringLeast = 1 << 20
